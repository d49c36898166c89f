import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { appendsBench } from './appends.bench';
import { exportBench } from './export.bench';
import { importBench } from './import.bench';
import { kafkaBench } from './kafka.bench';
import { lakeBench } from './lake.bench';
import { mutationsBench } from './mutations.bench';
import { pushBench } from './push.bench';
import { replayBench } from './replay.bench';
import { writeScale } from './scale/write';
import { type Bench, NotRunError } from './support/bench';
import { type Done, resultsPage, textTable } from './support/results';

const benches: readonly Bench[] = [
  appendsBench,
  mutationsBench,
  pushBench,
  replayBench,
  importBench,
  kafkaBench,
  exportBench,
  lakeBench,
];

/**
 * `npm run bench -- [name ...] [--profile folder]`: all of them, or those named; all of them also write
 * RESULTS.md, and what docs/scale.md has of it.
 */
async function main(args: string[]): Promise<void> {
  const { names, profiles } = parse(args);
  const chosen = names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name));
  if (chosen.length < names.length) {
    console.error(`There are the benches ${benches.map(({ name }) => name).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const done: Done[] = [];
  for (const bench of chosen) {
    console.error(`${bench.name}: ${bench.title}`);
    const folder = await mkdtemp(join(tmpdir(), `tidemark-bench-${bench.name}-`));
    try {
      const note = (text: string) => console.error(`  ${text}`);
      const result = { bench, measurements: await bench.run({ folder, profiles, note }) };
      console.error(`${textTable([result])}\n`);
      done.push(result);
    } catch (error) {
      if (error instanceof NotRunError) {
        console.error(`  not run: ${error.message}\n`);
        done.push({ bench, measurements: [], notRun: error.message.replaceAll('\n', ' ') });
        continue;
      }
      console.error(`${bench.name} failed:`, error);
      process.exitCode = 1;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  console.log(textTable(done));
  if (done.length === benches.length && profiles === undefined) {
    await writeFile(join(__dirname, 'RESULTS.md'), resultsPage(done));
    // Where a bench failed or was not run, docs/scale.md keeps its figures.
    if (done.every(({ notRun }) => notRun === undefined)) writeScale();
  }
}

function parse(args: string[]): { names: string[]; profiles?: string } {
  const at = args.indexOf('--profile');
  if (at < 0) return { names: args };
  return {
    names: args.filter((_, i) => i !== at && i !== at + 1),
    profiles: resolve(args[at + 1] ?? 'profiles'),
  };
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
