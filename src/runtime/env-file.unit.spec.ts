import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config';
import { loadEnvFile, readEnvFile } from './env-file';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-env-'));
const file = join(folder, '.env');
afterEach(() => rmSync(file, { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const variablesOf = (text: string) => {
  writeFileSync(file, text);
  return readEnvFile(folder);
};

const EXAMPLE = readFileSync(join(__dirname, '../../.env.example'), 'utf8');
/** Lines that are to be uncommented: `# NAME=value`. */
const offers = EXAMPLE.match(/^# [A-Z][A-Z0-9_]*=.*$/gm) ?? [];

it('needs no file', () => {
  expect(loadEnvFile({ PORT: '1' }, folder)).toEqual({ PORT: '1' });
});

it('lets the environment win, even with an empty variable', () => {
  writeFileSync(file, 'PORT=4001\nHOST=::1\nLOG_LEVEL=debug\n');
  const env = { PORT: '5000', HOST: '' };
  expect(loadEnvFile(env, folder)).toEqual({ PORT: '5000', HOST: '', LOG_LEVEL: 'debug' });
  expect(readConfig(env)).toMatchObject({ port: 5000, host: '127.0.0.1', logLevel: 'debug' });
});

it.each([
  ['a comment behind a value', 'A=1 # one', '1'],
  ['a hash within a value', "A='x # y'", 'x # y'],
  ['blanks around a value', 'A = 1 ', '1'],
  ['double quotes with an escaped line', 'A="a\\nb"', 'a\nb'],
  ['single quotes, as they are', "A='a\\nb'", 'a\\nb'],
  ['a key of several lines', 'A="-----BEGIN\nabc=\n-----END"', '-----BEGIN\nabc=\n-----END'],
  ['a path of Windows', 'A=C:\\data\\new', 'C:\\data\\new'],
  [
    'an equals sign within a value',
    'A=postgres://u:p@h/d?sslmode=require',
    'postgres://u:p@h/d?sslmode=require',
  ],
  ['a variable that is not expanded', 'A=$HOME/x', '$HOME/x'],
  ['export, as for a shell', 'export A=1', '1'],
  ['nothing', 'A=', ''],
  ['the last of two', 'A=1\nA=2', '2'],
  ['a byte order mark and lines of Windows', '\uFEFFA=1\r\nB=2\r\n', '1'],
  ['no line end', '# A=0\n\nA=1', '1'],
])('reads %s', (_, text, value) => {
  expect(variablesOf(text).A).toBe(value);
});

it('reads .env.example: as it is, it sets nothing; uncommented, every variable is one that is known', () => {
  expect(variablesOf(EXAMPLE)).toEqual({});
  const uncommented = variablesOf(EXAMPLE.replace(/^# (?=[A-Z][A-Z0-9_]*=)/gm, ''));
  expect(Object.keys(uncommented)).toHaveLength(offers.length);
  const asked = new Set<string>();
  readConfig(new Proxy({}, { get: (_, name) => void asked.add(String(name)) }));
  expect(Object.keys(uncommented).filter((name) => !asked.has(name))).toEqual([]);
  expect(offers.length).toBeGreaterThan(20);
});

it.each([
  ['a line without an equals sign', 'PORT=1\nnonsense\nHOST=::1\n', 2],
  ['a colon instead', '\nPORT: 1\n', 2],
])('refuses %s, which would hide the next variable', (_, text, line) => {
  expect(() => variablesOf(`${text}LOG_LEVEL=debug\n`)).toThrow(
    `Configuration: ${file}, line ${line}: give NAME=value, or # before a comment`,
  );
});

it('says in one error that the file cannot be read', () => {
  mkdirSync(file);
  expect(() => readEnvFile(folder)).toThrow(/^Configuration: .*\.env cannot be read: EISDIR/);
});

// Root may read everything.
const asUser = process.getuid?.() === 0 ? it.skip : it;
asUser('takes a file that may not be read for no missing one', () => {
  writeFileSync(file, 'PORT=1');
  chmodSync(file, 0);
  expect(() => readEnvFile(folder)).toThrow(/^Configuration: .*\.env cannot be read: EACCES/);
});
