// A process that exports, with ProcessOptions; see `runProcess`. Fault suites kill it.
import { join } from 'node:path';
import pino from 'pino';
import { keepTrying } from '../../../src/concurrency/keep-trying';
import { Exporter, type ExporterOptions } from '../../../src/export/exporter';
import { type Opened, runProcess, type StoreOptions } from '../kafka/run-process';
import { type LakeProcessOptions, openFaultyLake } from './faulty-lake';

export interface ProcessOptions
  extends StoreOptions,
    LakeProcessOptions,
    Pick<ExporterOptions, 'limits' | 'tidyEvery' | 'tidy'> {}

runProcess<ProcessOptions>({ max: 2, applicationName: 'exporter' }, (opened, options) => {
  const stopping = new AbortController();
  const running = keepTrying(stopping.signal, () => follow(opened, options, stopping.signal), {
    // Stdout is where the process tells of its fault.
    logger: pino({ level: process.env.LOG_LEVEL ?? 'error' }, pino.destination(2)),
    failed: 'exporter failed',
    overtaken: 'another exporter was first',
  });
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
});

async function follow({ store }: Opened, options: ProcessOptions, signal: AbortSignal): Promise<void> {
  const { limits, tidyEvery, tidy } = options;
  const catalog = await openFaultyLake(options);
  try {
    const workFolder = join(options.folder, 'work');
    const exporter = await Exporter.open({ store, catalog, workFolder, limits, tidyEvery, tidy });
    try {
      await exporter.follow(signal);
    } finally {
      await exporter.close();
    }
  } finally {
    await catalog.close();
  }
}
