import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfig } from '../../src/runtime/config';
import { tidemarkCalls, unknownIn } from './support/command-line';
import { ROOT } from './support/compose-file';
import { copiedSources, dataFolder, dockerfile, isIgnored, words } from './support/dockerfile';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const stages = dockerfile.getFROMs();
const finalStage = dockerfile
  .getInstructions()
  .slice(dockerfile.getInstructions().findLastIndex((instruction) => instruction.getKeyword() === 'FROM'));
const only = (keyword: string) => finalStage.filter((instruction) => instruction.getKeyword() === keyword);

describe('the Dockerfile', () => {
  it('starts from one pinned image, and otherwise from stages of its own', () => {
    const named = stages.map((stage) => stage.getBuildStage()).filter((name) => name !== null);
    const images = stages.map((stage) => stage.getImage()).filter((image) => !named.includes(image ?? ''));
    expect(images).toEqual([expect.stringMatching(/^node:\d+\.\d+\.\d+-bookworm-slim$/)]);
  });

  it('has the newest Node that is tested; the oldest tested is the oldest that package.json allows', () => {
    const { jobs } = parse(readFileSync(join(ROOT, '.github/workflows/ci.yml'), 'utf8'));
    const tested: number[] = jobs.test.strategy.matrix.node;
    const [, oldest] = /^>=(\d+)\.\d+$/.exec(manifest.engines.node) ?? [];
    expect(tested).toEqual([Number(oldest), 22, 24]);
    expect(Number(stages[0]?.getImageTag()?.split('.')[0])).toBe(tested.at(-1));
  });

  it('makes a data folder that only its user may read', () => {
    const runs = finalStage.filter((instruction) => instruction.getKeyword() === 'RUN');
    const commands = runs.map((run) => run.getArgumentsContent());
    expect(commands).toContain(`mkdir -m 700 ${dataFolder()} && chown node ${dataFolder()}`);
  });

  it('copies what is there and what .dockerignore lets through', () => {
    const sources = copiedSources();
    expect(sources).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', 'src', 'bin']));
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
    expect(sources.filter(isIgnored)).toEqual([]);
  });

  it('leaves out of the build what it does not copy', () => {
    const others = ['.env', '.git/HEAD', '.tidemark', 'node_modules/pg', 'dist/cli/main.js', 'test/deploy'];
    expect([...others, 'src/runtime/config.unit.spec.ts'].filter((path) => !isIgnored(path))).toEqual([]);
  });

  it('takes from other stages only what they have', () => {
    const from = dockerfile.getCOPYs().map((copy) => copy.getFromFlag()?.getValue());
    const named = stages.map((stage) => stage.getBuildStage());
    expect(from.filter((stage) => stage !== undefined && !named.includes(stage ?? null))).toEqual([]);
    expect(from).toEqual(expect.arrayContaining(['build', 'dependencies']));
  });

  it('runs npm scripts that exist', () => {
    const commands = dockerfile.getInstructions().filter((instruction) => instruction.getKeyword() === 'RUN');
    const text = commands.map((command) => command.getArgumentsContent()).join('\n');
    const scripts = [...text.matchAll(/npm run (\S+)/g)].map(([, name]) => name as string);
    expect(scripts).toContain('build');
    expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  it('does not run as root', () => {
    const users = only('USER').map((user) => user.getArgumentsContent());
    expect(users).toEqual(['node']);
  });

  it('starts a command of tidemark, with the options of its first line', () => {
    const command = words(dockerfile.getCMDs().at(-1));
    const [calls = []] = tidemarkCalls(command);
    expect(command[0]).toBe('node');
    expect(calls).toEqual(['start']);
    expect(unknownIn(calls)).toEqual([]);
    const [firstLine = ''] = readFileSync(join(ROOT, 'bin/tidemark.js'), 'utf8').split('\n');
    expect(firstLine).toContain(command.slice(0, command.indexOf('bin/tidemark.js')).join(' '));
  });

  it('asks for its health where the API listens by default', () => {
    const { port } = readConfig({});
    const [check] = dockerfile.getHEALTHCHECKs().map((instruction) => instruction.getArgumentsContent());
    expect(only('EXPOSE').map((expose) => expose.getArgumentsContent())).toEqual([String(port)]);
    expect(check).toContain(`process.env.PORT || ${port}`);
    expect(check).toContain("'/livez'");
  });
});
