import type { EventType } from '../../../domain/events';
import type { Dialect } from './dialect';
import { type Check, type Expression, isOneOf, literal, reasonOf } from './expression';
import { readsJson, type SqlDataset } from './table';
import { linesAreThere } from './values';

/** What may be wrong with an event. The one of the lowest rank is its reason. */
export interface Problem {
  /** SQL of a whole number */
  rank: string;
  /** SQL of a text for people; null where all is well */
  reason: string;
}

const NOT_CONFIGURED = `'the store was not configured before this event'`;
const SHOWN = 100;
/** More than any event has lines. */
const LINES = 2 ** 32;

/** The condition, quick and strict, that nothing is wrong with the columns of an event, or of a line. */
function seemsFine({ columns }: SqlDataset, of: Expression['of'], d: Dialect): string {
  // The conditions of the same types together: then events of other types cost one comparison.
  const byTypes = new Map<string, Set<string>>();
  const add = (types: readonly EventType[] | undefined, condition: string) => {
    const when = types ? isOneOf(types) : 'TRUE';
    byTypes.set(when, (byTypes.get(when) ?? new Set()).add(`(${condition})`));
  };
  for (const { value, nullable } of columns.filter(({ value }) => value.of === of)) {
    for (const { types, fits } of [...value.checks, ...(value.typed ?? [])]) add(types, fits(d));
    if (value.given && !nullable) add(undefined, value.given(d));
  }
  const all = [...byTypes].map(([when, conditions]) => {
    const each = [...conditions].join(' AND ');
    return when === 'TRUE' ? each : `CASE WHEN ${when} THEN ${each} ELSE TRUE END`;
  });
  return all.join(' AND ') || 'TRUE';
}

/** The condition, quick and at times too strict, that the columns of an event, or of a line, do not fit. */
export const misfits = (dataset: SqlDataset, of: Expression['of'], d: Dialect): string =>
  `(${seemsFine(dataset, of, d)}) IS NOT TRUE`;

/** The conditions for looking closer at an event, beside those on its lines. */
export function suspicious(dataset: SqlDataset, d: Dialect): string[] {
  const { where, perLine, needsNoSettings } = dataset;
  const own = misfits(dataset, 'event', d);
  return [
    where ? `(${where(d)} AND ${own})` : own,
    ...(perLine ? ['lines IS NULL'] : []),
    ...(needsNoSettings ? [] : [`(${d.configured}) IS NOT TRUE`]),
    ...(readsJson(dataset) ? ['odd'] : []),
  ];
}

/** What does not depend on the lines of an event. */
export function eventProblems(dataset: SqlDataset, d: Dialect): Problem[] {
  const configured = `CASE WHEN (${d.configured}) IS NOT TRUE THEN ${NOT_CONFIGURED} END`;
  return [
    ...(dataset.needsNoSettings ? [] : [{ rank: '-1', reason: configured }]),
    { rank: '0', reason: onlyWhere(dataset, d, first(checksOf(dataset, 'event'), d)) },
    ...(dataset.perLine ? [{ rank: '1', reason: linesAreThere.reason(d) }] : []),
  ];
}

/**
 * What concerns single rows.
 * @param line SQL of the number of the row's line, from 1; 0 where there are none
 */
export function rowProblems(dataset: SqlDataset, d: Dialect, line: string): Problem[] {
  const { columns } = dataset;
  return [
    { rank: line, reason: onlyWhere(dataset, d, first(checksOf(dataset, 'line'), d)) },
    ...columns.flatMap((column, index) => [
      { rank: `${(1 + index) * LINES} + ${line}`, reason: mistyped(column, d) },
      {
        rank: `${(1 + columns.length + index) * LINES} + ${line}`,
        reason: onlyWhere(dataset, d, misfit(column, d)),
      },
    ]),
  ].filter(({ reason }) => reason !== NONE);
}

type SqlColumn = SqlDataset['columns'][number];

const NONE = 'NULL';

const checksOf = ({ columns }: SqlDataset, of: Expression['of']): Check[] =>
  columns.filter(({ value }) => value.of === of).flatMap(({ value }) => value.checks);

const first = (checks: readonly Check[], d: Dialect): string =>
  checks.length === 0
    ? NONE
    : `coalesce(${[...new Set(checks.map((each) => reasonOf(each, d)))].join(', ')}, NULL)`;

const onlyWhere = ({ where }: SqlDataset, d: Dialect, reason: string): string =>
  where && reason !== NONE ? `CASE WHEN ${where(d)} THEN ${reason} END` : reason;

/** That the JSON has values of wrong types. */
function mistyped({ name, type, value }: SqlColumn, d: Dialect): string {
  const wrong = value.reads.map((field) => d.mistyped(field, value.of === 'event' && field.of === 'line'));
  if (wrong.length === 0) return NONE;
  return isNo(name, type.kind, `coalesce(${[...new Set(wrong)].join(', ')}, NULL)`);
}

/** That a value is missing, or out of the range of its column. */
function misfit({ name, type, value, nullable }: SqlColumn, d: Dialect): string {
  // Of a time that is none, dates and instants are null.
  const missing = value.reads.length === 0 ? `${name} is no ${type.kind}: null` : `${name} is missing`;
  const reasons = [
    ...(value.given && !nullable
      ? [`CASE WHEN (${value.given(d)}) IS NOT TRUE THEN ${literal(missing)} END`]
      : []),
    ...(value.typed ?? []).map((each) => isNo(name, type.kind, reasonOf(each, d))),
  ];
  return reasons.length === 0 ? NONE : `coalesce(${reasons.join(', ')}, NULL)`;
}

const isNo = (name: string, kind: string, json: string): string =>
  `${literal(`${name} is no ${kind}: `)} || CASE WHEN length(${json}) > ${SHOWN} ` +
  `THEN left(${json}, ${SHOWN}) || '...' ELSE ${json} END`;
