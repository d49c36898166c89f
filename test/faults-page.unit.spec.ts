interface Row {
  suite: string;
  fault: string;
  commit: string;
}

const { pageWith, rowsOf, rowsOfRun } = require('../scripts/faults-page') as {
  pageWith(page: string, suites: string[], rows: Row[]): string;
  rowsOf(page: string): Row[];
  rowsOfRun(suite: string, results: object[], run: object): Row[];
};

const run = (commit: string) => ({ outcome: 'passed', date: '2026-01-02', commit });
const told = (fault: string, lost = 0) => ({ fault, lost, doubled: 0 });

describe('the page of fault rounds', () => {
  it('has a row for each fault of a suite, with the rounds of one run and when it was', () => {
    const rows = rowsOfRun('export', [told('kill'), told('stop'), told('kill', 2)], run('abc'));
    expect(rows).toEqual([
      { suite: 'export', fault: 'kill', rounds: 2, lost: 2, doubled: 0, ...run('abc') },
      { suite: 'export', fault: 'stop', rounds: 1, lost: 0, doubled: 0, ...run('abc') },
    ]);
  });

  it('takes new rows in the place of those of the same suite, and keeps those of others as they were', () => {
    const first = pageWith(
      '',
      ['export', 'bridge'],
      [
        ...rowsOfRun('export', [told('kill'), told('called otherwise since')], run('abc')),
        ...rowsOfRun('bridge', [told('kill')], run('abc')),
      ],
    );
    const second = pageWith(first, ['export'], rowsOfRun('export', [told('kill')], run('def')));
    expect(rowsOf(second).map(({ suite, fault, commit }) => [suite, fault, commit])).toEqual([
      ['bridge', 'kill', 'abc'],
      ['export', 'kill', 'def'],
    ]);
    expect(pageWith(second, [], [])).toBe(second);
  });

  it('shows a suite that made no fault', () => {
    const page = pageWith('', ['export'], rowsOfRun('export', [], { ...run('abc'), outcome: 'FAILED' }));
    expect(page).toContain('| export | - | 0 | - | - | FAILED | 2026-01-02 | abc |');
  });
});
