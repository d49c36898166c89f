import type { CellTest, Layout, Meaning } from './layout';

/** A layout as plain data, for `--json`. */
export function layoutAsJson({ headers, currencySigns, rows, statuses, ...plain }: Layout): object {
  return {
    ...plain,
    headers,
    currencySigns: currencySigns && Object.fromEntries(currencySigns),
    rows: rows.map(({ when, role }) => ({
      when: Object.fromEntries([...when].map(([column, test]) => [column, testText(test)])),
      ...role,
    })),
    statuses: statuses.map(({ column, values, filled, blank }) => ({
      column,
      values: Object.fromEntries(values),
      ...(filled === undefined ? {} : { filled }),
      ...(blank === undefined ? {} : { blank }),
    })),
  };
}

/** A test in words. */
export function testText(test: CellTest): string {
  if ('oneOf' in test) return `is ${test.oneOf.join(' or ')}`;
  return 'is' in test ? `is ${test.is}` : `matches ${test.matches.source}`;
}

/** What a status means, in words. */
export function meaningText({ does, leftOut }: Meaning): string {
  const steps = does.join(', ').replaceAll('_', ' ');
  if (leftOut === undefined) return steps === '' ? 'placed' : `placed, then ${steps}`;
  return `no sale: ${leftOut}${steps === '' ? '' : ` (where it was imported before: ${steps})`}`;
}
