import { ConfigError, StartupError } from '../runtime/errors';
import { CliError, reportError } from './errors';

function report(error: unknown, logLevel?: string): { exitCode: number; text: string } {
  const before = process.env.LOG_LEVEL;
  if (logLevel) process.env.LOG_LEVEL = logLevel;
  let text = '';
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  try {
    return { exitCode: reportError(error), text };
  } finally {
    write.mockRestore();
    if (before === undefined) delete process.env.LOG_LEVEL;
    else process.env.LOG_LEVEL = before;
  }
}

test.each([
  [new CliError('Name a file.', 2), 2, 'Name a file.\n'],
  [new CliError('They differ.'), 1, 'They differ.\n'],
  [new ConfigError(['PORT=x is not allowed']), 2, 'Configuration: PORT=x is not allowed\n'],
  [new StartupError('the disk is full'), 1, 'Error: the disk is full\n'],
  [new TypeError('x is not a function'), 1, 'Error: x is not a function\n'],
  ['a string', 1, 'Error: a string\n'],
  [new AggregateError([new Error('connect ECONNREFUSED ::1:1')]), 1, 'Error: connect ECONNREFUSED ::1:1\n'],
])('%s is one line and an exit code', (error, exitCode, text) => {
  expect(report(error)).toEqual({ exitCode, text });
});

test('at LOG_LEVEL=debug the stack and the cause are there', () => {
  const { text } = report(new Error('outer', { cause: new Error('inner') }), 'debug');
  expect(text).toMatch(/Error: outer\n[\s\S]*errors\.unit\.spec\.ts[\s\S]*Caused by: Error: inner/);
});
