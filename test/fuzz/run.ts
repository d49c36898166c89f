import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProgress } from '../../src/cli/progress';
import { fuzz, randomAttempts, seedName } from './fuzz';
import { fuzzPage, summary } from './page';

const USAGE = `Usage: npm run fuzz -- [--requests N] [--seed N]
Sends random GraphQL over HTTP and WebSocket, raw HTTP and CSV files to a server of its own
(default: 100,000 requests).
An attempt that finds a fault is kept in test/fuzz/seeds, where a spec sends it from then on.
A run of at least 1,000,000 requests writes bench/FUZZ.md.
`;
const WORTH_A_PAGE = 1_000_000;

async function main(args: string[]): Promise<void> {
  const asked = parse(args);
  if (asked === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = args.includes('--help') ? 0 : 2;
    return;
  }
  const progress = createProgress({ label: 'Fuzzing', unit: 'requests', total: asked.requests });
  const report = await fuzz(randomAttempts(asked.seed), asked.requests, (sent) => progress.update(sent));
  progress.done(`Sent ${report.requests} requests, seed ${asked.seed}`);
  for (const { attempt, fault } of report.faults) {
    const name = seedName(attempt);
    await writeFile(join(__dirname, 'seeds', name), `${JSON.stringify(attempt, null, 2)}\n`);
    process.stdout.write(`${name}: ${fault}\n`);
  }
  for (const line of report.loggedErrors) process.stdout.write(`logged: ${line}\n`);
  const { lines, passed } = summary(report);
  for (const [what, value] of lines) process.stdout.write(`${what.padEnd(36)} ${value}\n`);
  process.exitCode = passed ? 0 : 1;
  if (report.requests >= WORTH_A_PAGE)
    await writeFile(join(__dirname, '../../bench/FUZZ.md'), fuzzPage(report, asked.seed));
}

function parse(args: string[]): { requests: number; seed: number } | undefined {
  const asked = { requests: 100_000, seed: 1 };
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]?.replace(/^--/, '');
    const value = Number(args[i + 1]);
    if ((name !== 'requests' && name !== 'seed') || !Number.isSafeInteger(value) || value < 1)
      return undefined;
    asked[name] = value;
  }
  return asked;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
