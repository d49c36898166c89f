import type { Runtime } from '../runtime/runtime';

/**
 * Runs a command against the configured databases: attaches to those that a `tidemark start` runs, or starts them for its own
 * duration. The first Ctrl-C aborts `signal`, so that the command can stop cleanly; the second ends the process at once.
 */
export async function withRuntime<T>(
  applicationName: string,
  work: (runtime: Runtime, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [{ loadConfig }, { readDotenv }, { openRuntime }, { listenForShutdown }] = await Promise.all([
    import('../runtime/config.js'),
    import('../runtime/environment.js'),
    import('../runtime/runtime.js'),
    import('../runtime/shutdown.js'),
  ]);
  const interrupted = new AbortController();
  listenForShutdown().requested.catch(() => interrupted.abort(new Error('Interrupted.')));
  readDotenv();
  const runtime = await openRuntime(loadConfig(process.env), {
    applicationName: `tidemark ${applicationName}`,
  });
  try {
    return await work(runtime, interrupted.signal);
  } finally {
    await runtime.close();
  }
}
