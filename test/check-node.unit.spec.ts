import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNode } from '../src/runtime/diagnosis';

const ROOT = join(__dirname, '..');
const { refusalOf } = require('../bin/check-node.js') as { refusalOf(version: string): string | undefined };

describe('a Node that is too old', () => {
  let folder: string;
  let pretend: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemark-node-'));
    pretend = join(folder, 'pretend.js');
    writeFileSync(
      pretend,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } });",
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['bin/tidemark.js', 'scripts/stack.js', 'bin/check-node.js'])(
    'is refused by %s with one line',
    (script) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', pretend, script, '--version'], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      expect({ status, stdout, stderr }).toEqual({
        status: 1,
        stdout: '',
        stderr: 'Tidemark needs Node 20.19 or newer, and this is Node 18.20.4. See https://nodejs.org\n',
      });
    },
  );

  it('is one below what package.json says, here and in doctor', () => {
    for (const [version, enough] of [
      ['0.10.48', false],
      ['18.20.4', false],
      ['20.9.0', false],
      ['20.18.3', false],
      ['20.19.0', true],
      ['20.20.2', true],
      ['21.0.0', true],
      ['100.1.0', true],
    ] as const) {
      expect({ version, enough: refusalOf(version) === undefined }).toEqual({ version, enough });
      expect({ version, enough: checkNode(version).status === 'ok' }).toEqual({ version, enough });
    }
  });

  it('can parse the check: nothing in it is newer than ES5, and nothing stands before it', () => {
    const script = readFileSync(join(ROOT, 'bin/check-node.js'), 'utf8');
    const code = script.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').replace(/'[^']*'/g, "''");
    expect(code).not.toMatch(/\b(const|let|class|async|await|of)\b|=>|`|\?\.|\?\?|\.\.\./);
    const lines = readFileSync(join(ROOT, 'bin/tidemark.js'), 'utf8').split('\n');
    expect(lines.find((line) => !/^(#!|\/\/)/.test(line))).toBe("require('./check-node.js');");
    // Parsed as a whole before that line runs: what Node 6 has, and no later one.
    expect(lines.join('\n')).not.toMatch(/\b(class|async|await)\b|\?\.|\?\?|\.\.\.[a-z]/);
  });

  it('is looked for before the specs, too', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(scripts.pretest).toBe('node bin/check-node.js');
    execFileSync(process.execPath, ['bin/check-node.js'], { cwd: ROOT });
  });
});
