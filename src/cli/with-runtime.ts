import type { Runtime } from '../runtime/runtime';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

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
  readDotenv();
  const runtime = await openRuntime(loadConfig(process.env), {
    applicationName: `tidemark ${applicationName}`,
  });
  const interrupted = new AbortController();
  const interrupt = () => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort(new Error('Interrupted.'));
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(runtime, interrupted.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    await runtime.close();
  }
}
