import type { Runtime } from '../runtime/runtime';
import { CliError, ExitCode } from './errors';

/**
 * Runs a command against the configured databases: attaches to those that a `tidemark start` runs, or starts them for its own
 * duration. The first Ctrl-C aborts `signal`, so that the command can stop cleanly; the second ends the process at once.
 */
export async function withRuntime<T>(
  applicationName: string,
  work: (runtime: Runtime, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [{ loadConfig }, { readDotenv }, { openRuntime }] = await Promise.all([
    import('../runtime/config.js'),
    import('../runtime/environment.js'),
    import('../runtime/runtime.js'),
  ]);
  const signal = await untilInterrupted();
  readDotenv();
  const runtime = await openRuntime(loadConfig(process.env), {
    applicationName: `tidemark ${applicationName}`,
  });
  try {
    return await work(runtime, signal);
  } finally {
    await runtime.close();
  }
}

/** Aborts at the first Ctrl-C, for the reason that the command was interrupted; the second one ends the process at once. */
export async function untilInterrupted(): Promise<AbortSignal> {
  const { listenForShutdown } = await import('../runtime/shutdown.js');
  const interrupted = new AbortController();
  listenForShutdown().requested.catch(() =>
    interrupted.abort(new CliError('Interrupted.', ExitCode.interrupted)),
  );
  return interrupted.signal;
}
