import { EVENT_TYPES } from '../../../domain/event-roles';
import { DAY } from './days';
import { duckdbDialect as d } from './duckdb-dialect';
import type { Field } from './field';
import { isOfTypes, jsonFields, mistypedPattern, readingKeys, type SqlDataset } from './table';

/**
 * Statements that parse the events of some datasets, each event once, into temporary tables. Such a table has
 * what an expression sees, in the order of `log`, and whether an event is odd. A dataset reads the view
 * `parsed_DATASET`: datasets that have no types in common do not share a table, so that none is wider than
 * its events need.
 */
export function parsedTables(datasets: readonly SqlDataset[]): string[] {
  return sharing(datasets).flatMap((group, index) => [
    parsedTable(`parsed_${index}`, group),
    ...group.map((dataset) => `CREATE OR REPLACE TEMP VIEW ${parsedOf(dataset)} AS FROM parsed_${index}`),
  ]);
}

/** The relation of a dataset's parsed events; other events may be there, too. */
export const parsedOf = ({ name }: SqlDataset): string => `parsed_${name}`;

/** Groups of datasets that have event types in common. */
function sharing(datasets: readonly SqlDataset[]): SqlDataset[][] {
  const groups: SqlDataset[][] = [];
  for (const dataset of datasets) {
    const { eventTypes = EVENT_TYPES } = dataset;
    const meets = (group: readonly SqlDataset[]) =>
      group.some(({ eventTypes: others = EVENT_TYPES }) => eventTypes.some((type) => others.includes(type)));
    const met = groups.filter(meets);
    for (const group of met) groups.splice(groups.indexOf(group), 1);
    groups.push([...met.flat(), dataset]);
  }
  return groups;
}

function parsedTable(table: string, datasets: readonly SqlDataset[]): string {
  const fields = jsonFields(datasets);
  const schema = `'${JSON.stringify(schemaOf(fields))}'`;
  const { currency, digits } = d.reporting;
  const has = (name: string) => fields.some((field) => field.of === 'event' && field.name === name);
  const rated = has('exchangeRate');
  const factor = `rate::DOUBLE * power(10, ${digits} - digits)`;
  return `CREATE OR REPLACE TEMP TABLE ${table} AS
SELECT *${rated ? `, CASE WHEN currency = ${currency} THEN 1 ELSE ${factor} END AS factor` : ''}
FROM (
  SELECT * EXCLUDE (j) REPLACE (odd OR j IS NULL AS odd), unnest(j)
    ${has('currency') ? `, digits_of(j.currency) AS digits` : ''}
    ${rated ? `, ${d.decimal('j.exchangeRate', 25, 10)} AS rate` : ''}
  FROM (
    SELECT position, revision, type, occurred_at, ${DAY} AS day,
      ${isOdd(fields)} AS odd, ${keys(datasets)} AS keys, TRY(from_json(${PARSABLE}, ${schema})) AS j
    FROM log
    LEFT JOIN days ON days.slot = slot_of(occurred_at)
    WHERE ${isOfTypes(datasets)}
  )
)`;
}

const JSON_TYPES: Record<Field['is'], string> = { text: 'VARCHAR', decimal: 'VARCHAR', number: 'DOUBLE' };

function schemaOf(fields: readonly Field[]): object {
  const of = (kind: Field['of']) =>
    Object.fromEntries(
      fields.filter((field) => field.of === kind).map(({ name, is }) => [name, JSON_TYPES[is]]),
    );
  const line = of('line');
  return { ...of('event'), ...(Object.keys(line).length > 0 && { lines: [line] }) };
}

/**
 * from_json casts: it reads the number 5 as the text "5". So the text of an event is searched for values of
 * wrong types, too. It is read as one string, because that takes a fifth of the time of looking into the
 * JSON again.
 */
const isOdd = (fields: readonly Field[]): string =>
  `(data IS NULL OR NOT starts_with(data, '{') OR regexp_matches(data, '${mistypedPattern(fields, '\\s')}'))`;

function keys(datasets: readonly SqlDataset[]): string {
  const asking = readingKeys(datasets);
  if (asking.length === 0) return 'NULL';
  return `CASE WHEN ${isOfTypes(asking)} THEN TRY(json_keys(${PARSABLE})) END`;
}

const PAIR = String.raw`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`;
const PARTS = String.raw`${PAIR}|\\u[0-9a-fA-F]{4}|\\.|[^\\]+`;
const HALF = String.raw`\\u[dD][89a-fA-F][0-9a-fA-F]{2}`;

/**
 * The data of an event as JSON that DuckDB parses. JSON may hold half of a surrogate pair, which is no
 * character. JavaScript writes U+FFFD in its place, and so does this.
 */
const PARSABLE = `CASE WHEN contains(data, '\\u') AND (contains(data, '\\ud') OR contains(data, '\\uD'))
  THEN array_to_string(list_transform(regexp_extract_all(data, '${PARTS}'),
    lambda part: CASE WHEN regexp_full_match(part, '${HALF}') THEN '\\ufffd' ELSE part END), '')
  ELSE data END`;

/** The statement that makes the temporary table `odd`: the JSON of what may have values of wrong types. */
export function oddTable(datasets: readonly SqlDataset[]): string {
  const positions = datasets.map((dataset) => `SELECT position FROM ${parsedOf(dataset)} WHERE odd`);
  return `CREATE OR REPLACE TEMP TABLE odd AS
SELECT log.position, coalesce(TRY((${PARSABLE})::JSON), 'null') AS json
FROM log SEMI JOIN (${positions.join(' UNION ')}) USING (position)`;
}
