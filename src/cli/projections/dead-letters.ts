import { hostname, userInfo } from 'node:os';
import { CliError, ExitCode } from '../errors';
import { printJson, printTable } from '../output';
import { withRuntime } from '../with-runtime';
import { named } from './named';

interface Options {
  json?: boolean;
  stream?: string;
}

/** `tidemark projections dead-letters` */
export async function deadLetters(name: string, { stream, json }: Options): Promise<void> {
  const projection = await named(name);
  const [{ listDeadLetters }, { listSkippedEvents }, { findGeneration }] = await Promise.all([
    import('../../projections/engine/dead-letters.js'),
    import('../../projections/engine/skipped-events.js'),
    import('../../projections/engine/generations.js'),
  ]);
  const { parked, skipped } = await withRuntime('projections dead-letters', async ({ pool }) => {
    const active = await findGeneration(pool, projection.name, 'active');
    return {
      parked: active ? await listDeadLetters(pool, active, stream) : [],
      skipped: active ? await listSkippedEvents(pool, active, stream) : [],
    };
  });
  if (json)
    return printJson([
      ...parked.map((letter) => ({ state: 'parked', ...letter })),
      ...skipped.map((event) => ({ state: 'skipped', ...event })),
    ]);
  if (parked.length === 0) process.stdout.write(`${name}: nothing is parked.\n`);
  printTable(
    parked.map(({ position, stream: key, type, reason }) => ({
      position,
      stream: key,
      type,
      reason: reason ?? 'waits behind the one before it',
    })),
  );
  if (skipped.length === 0) return;
  process.stdout.write(`${parked.length > 0 ? '\n' : ''}${name}: skipped, and counted by no build:\n`);
  printTable(
    skipped.map(({ position, stream: key, type, refusal, reason, skippedBy, skippedAt }) => ({
      position,
      stream: key,
      type,
      refusal,
      'skipped because': reason,
      by: skippedBy,
      at: skippedAt.toISOString(),
    })),
  );
}

/** `tidemark projections retry` */
export async function retry(name: string, { stream, json }: Options): Promise<void> {
  const projection = await named(name);
  const { retryDeadLetters } = await import('../../projections/engine/retry-dead-letters.js');
  const report = await withRuntime('projections retry', ({ pool }) =>
    retryDeadLetters(pool, projection, stream),
  );
  if (json) printJson(report);
  else {
    process.stdout.write(`${name}: ${report.applied} applied, ${report.parked} still parked.\n`);
    for (const { stream: key, position, reason } of report.failures)
      process.stdout.write(`${key} at ${position}: ${reason}\n`);
  }
  if (report.parked > 0) throw new CliError(`${name}: ${report.parked} events are still parked.`, 1);
}

/** `tidemark projections skip` */
export async function skip(
  name: string,
  stream: string,
  { reason, json }: { reason: string; json?: boolean },
): Promise<void> {
  const projection = await named(name);
  if (reason.trim() === '') throw new CliError('--reason: say why the event is given up.', ExitCode.usage);
  const { skipDeadLetter } = await import('../../projections/engine/retry-dead-letters.js');
  const decision = { reason: reason.trim(), by: whoIsThis() };
  const report = await withRuntime('projections skip', ({ pool }) =>
    skipDeadLetter(pool, projection, stream, decision),
  );
  const { skipped, applied, parked, failures } = report;
  if (json) printJson(report);
  else {
    process.stdout.write(
      `${name}: skipped ${skipped.type} at ${skipped.position} of ${stream} (${skipped.refusal}). ` +
        `Of those behind it ${applied} applied, ${parked} still parked.\n`,
    );
    for (const { position, reason: refusal } of failures)
      process.stdout.write(`${stream} at ${position}: ${refusal}\n`);
  }
  if (parked > 0) throw new CliError(`${name}: ${parked} events of ${stream} are still parked.`, 1);
}

/** The user's name on this machine, or the number where it has none, as in some containers. */
function whoIsThis(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}@${hostname()}`;
  }
}
