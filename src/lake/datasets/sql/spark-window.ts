import type { Field } from './field';
import { eventProblems, misfits, type Problem, rowProblems, suspicious } from './reasons';
import { conversionOf, sparkDialect as d, unitOf } from './spark-dialect';
import {
  isOfTypes,
  jsonFields,
  mistypedPattern,
  readingKeys,
  readsJson,
  type SqlDataset,
  selectRows,
  withSteps,
} from './table';

/**
 * The rows of datasets in Spark SQL, of events in the view `log`, which has the columns that the exporter's
 * window has. As there, nearly everything fits: `suspects` are found by quick conditions on `parsed`, and
 * only of those the reasons are worked out. Views are made by the job: `parsed`, and with suspects `odd`.
 */

/** The query for the view `parsed`: the JSON of the events of some datasets, read once. */
export function parsedQuery(datasets: readonly SqlDataset[]): string {
  const parsing = datasets.filter(readsJson);
  const fields = jsonFields(parsing);
  return `SELECT *, ${unitOf('digits')} AS unit, ${conversionOf('digits', d.reporting.digits)} AS conversion,
  CASE WHEN currency = ${d.reporting.currency} THEN 1D
    ELSE CAST(rate AS DOUBLE) * power(10, ${d.reporting.digits} - digits) END AS factor
FROM (
  SELECT position, stream, revision, type, occurred_at, recorded_at, day, odd, keys, j.*,
    ${d.digitsOf('j.currency')} AS digits,
    ${d.decimal('j.exchangeRate', 25, 10)} AS rate
  FROM (
    SELECT position, stream, revision, type, occurred_at, recorded_at, ${DAY} AS day,
      ${isOdd(fields)} AS odd, ${keys(parsing)} AS keys,
      from_json(data, '${schemaOf(fields)}') AS j
    FROM log
    WHERE ${isOfTypes(parsing)}
  )
)`;
}

/** Days of years with four digits, as the calendar of the domain has them. */
const DAY = `CASE WHEN occurred_at BETWEEN -62135596800000000 AND 253402300799999999
      THEN CAST(from_utc_timestamp(timestamp_micros(occurred_at), :time_zone) AS DATE) END`;

const TYPES: Record<Field['is'], string> = { text: 'STRING', decimal: 'STRING', number: 'DOUBLE' };

function schemaOf(fields: readonly Field[]): string {
  const of = (kind: Field['of']) => fields.filter((field) => field.of === kind);
  const lines = of('line').map(({ name, is }) => `${name}: ${TYPES[is]}`);
  const own = of('event').map(({ name, is }) => `${name} ${TYPES[is]}`);
  return [...own, `lines ARRAY<STRUCT<${lines.join(', ')}>>`].join(', ');
}

/** from_json reads the number 5 as the text "5": so the text is searched for values of wrong types, too. */
const isOdd = (fields: readonly Field[]): string =>
  `(data IS NULL OR NOT startswith(data, '{') OR data RLIKE '${mistypedPattern(fields, ' ')}')`;

const keys = (datasets: readonly SqlDataset[]): string =>
  `CASE WHEN ${isOfTypes(readingKeys(datasets))} THEN json_object_keys(data) END`;

/** The query for the view `odd`: the JSON of suspects, as variants. */
export const oddQuery = (): string =>
  'SELECT position, try_parse_json(data) AS json FROM log WHERE position IN (SELECT position FROM suspects)';

/** A query of (dataset, position): events of which something may be wrong. */
export function suspectsQuery(dataset: SqlDataset): string {
  const { name, perLine } = dataset;
  const wrong = [
    ...suspicious(dataset, d),
    ...(perLine ? [`exists(lines, line -> ${misfits(dataset, 'line', d)})`] : []),
  ];
  const events = `${eventsOf(dataset)} WHERE ${isOfTypes([dataset])}`;
  return `SELECT '${name}' AS dataset, position FROM ${events} AND (${wrong.join(' OR ')})`;
}

/** A query of (dataset, position, reason): which suspects are refused, and why. */
export function refusedQuery(dataset: SqlDataset): string {
  const { name, perLine } = dataset;
  const suspects = `(SELECT position FROM suspects WHERE dataset = '${name}')`;
  const [json, joined] = readsJson(dataset)
    ? [', odd.json', 'LEFT JOIN odd ON odd.position = e.position']
    : ['', ''];
  const events = `(SELECT e.*${json} FROM ${eventsOf(dataset)} e ${joined} WHERE e.position IN ${suspects})`;
  const ofEvents = found(eventProblems(dataset, d), withSteps(dataset, d, events, 'event'));
  const rows = perLine
    ? `(SELECT *, at + 1 AS line_number FROM (SELECT e.*, posexplode(lines) AS (at, line) FROM ${events} e))`
    : events;
  const ofRows = found(rowProblems(dataset, d, perLine ? 'line_number' : '0'), withSteps(dataset, d, rows));
  return `SELECT '${name}' AS dataset, position, min_by(problem.reason, problem.rank) AS reason
FROM (${ofEvents} UNION ALL ${ofRows}) WHERE problem.reason IS NOT NULL GROUP BY position`;
}

function found(problems: readonly Problem[], relation: string): string {
  const list = problems.map(
    ({ rank, reason }) =>
      `named_struct('rank', CAST(${rank} AS BIGINT), 'reason', CAST(${reason} AS STRING))`,
  );
  return `SELECT position, explode(array(${list.join(', ')})) AS problem FROM ${relation}`;
}

/** A query of the rows of a dataset, also of events that it refuses. */
export function rowsQuery(dataset: SqlDataset): string {
  const { where, perLine } = dataset;
  const events = `${eventsOf(dataset)} WHERE ${isOfTypes([dataset])}${where ? ` AND ${where(d)}` : ''}`;
  return selectRows(dataset, d, perLine ? `(SELECT *, explode(lines) AS line FROM ${events})` : events);
}

const eventsOf = (dataset: SqlDataset): string => (readsJson(dataset) ? 'parsed' : 'log');
