import { levelForRoles, lineFormatter, parseLine } from '../../stack/role-log';

const INFO =
  '{"level":"info","time":"2026-01-31T12:00:00.000Z","url":"http://127.0.0.1:1","msg":"Tidemark is running"}';

describe('the log of a role', () => {
  it('is understood where it is an entry, and kept as it is where it is not', () => {
    expect(parseLine(INFO).entry).toMatchObject({ msg: 'Tidemark is running', url: 'http://127.0.0.1:1' });
    for (const text of ['Error: no', '{broken', '{"no":"level"}', ''])
      expect(parseLine(text)).toEqual({ text });
  });

  it('stands behind the name of the role, with the names in one column', () => {
    const format = lineFormatter('info', false);
    expect(format('api', parseLine(INFO))).toBe(`api       | ${INFO}\n`);
    expect(format('projector', parseLine('Error: no'))).toBe('projector | Error: no\n');
  });

  it('is readable on a terminal', () => {
    const line = lineFormatter('info', true)('api', parseLine(INFO));
    expect(line).toMatch(/^api {7}\| .*INFO.*Tidemark is running/);
    expect(line?.match(/\n/g)).toHaveLength(1);
  });

  it('is shown from the wanted level on; what is no entry is always shown', () => {
    const format = lineFormatter('warn', false);
    expect(format('api', parseLine(INFO))).toBeUndefined();
    expect(format('api', parseLine('Error: no'))).toBeDefined();
    expect(lineFormatter('silent', false)('api', parseLine(INFO))).toBeUndefined();
  });

  it('has what tells that a role runs, whatever level is wanted', () => {
    expect(['debug', 'info', 'warn', 'silent'].map((level) => levelForRoles(level as 'warn'))).toEqual([
      'debug',
      'info',
      'info',
      'info',
    ]);
  });
});
