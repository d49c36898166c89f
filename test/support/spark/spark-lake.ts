import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from '../../../src/event-store/event-store';
import { type Adopted, adoptLake } from '../../../src/export/adopt';
import { Exporter } from '../../../src/export/exporter';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { datasets } from '../../../src/lake/datasets/catalogue';
import { loadTable } from '../../../src/lake/iceberg/commit';
import { currentSnapshot } from '../../../src/lake/iceberg/metadata';
import { compareTables, type TableDifference, unequal } from '../lake/differing-tables';
import { FolderLake } from '../lake/test-lake';
import { until } from '../until';
import { type RunningJob, startJob } from './job';

const NAMES = datasets.map(({ name }) => name);
/** From the start of the job to about its end where nobody kills it. */
const KILL_WITHIN_MS = 40_000;

/** A lake that an exporter begins and Spark goes on with, and one that an exporter alone fills. */
export class SparkLake {
  private constructor(
    readonly store: EventStore,
    private readonly kafka: KafkaOptions,
    readonly lake: FolderLake,
    readonly exported: FolderLake,
  ) {}

  static async create(store: EventStore, kafka: KafkaOptions): Promise<SparkLake> {
    const [lake, exported] = await Promise.all([FolderLake.create(), FolderLake.create()]);
    return new SparkLake(store, kafka, lake, exported);
  }

  /** Exports one cut of about so many events, and hands the lake over. 0: hands it over empty. */
  async handOverAfter(events: number): Promise<void> {
    const enough = new AbortController();
    const exporter = await Exporter.open({
      store: this.store,
      catalog: this.lake.catalog(),
      workFolder: join(this.lake.folder, 'work'),
      limits: { events },
      onExported: () => enough.abort(),
    });
    try {
      if (events > 0)
        await exporter.catchUp(enough.signal).catch((error: unknown) => {
          if (!enough.signal.aborted) throw error;
        });
      await exporter.handOver(new AbortController().signal);
    } finally {
      await exporter.close();
    }
  }

  /**
   * Follows the topics until the lake has the whole log. Kills the job at random points before.
   * @param batch records of a batch
   */
  async follow({
    kills,
    batch,
    withinMs = 600_000,
  }: {
    kills: number;
    batch: number;
    withinMs?: number;
  }): Promise<void> {
    const events = await this.store.countAfter(null);
    for (let run = 0; ; run++) {
      const job = this.run('follow', '--max-records', String(batch), '--every', '0');
      try {
        if (run < kills) {
          await Promise.race([delay(Math.random() * KILL_WITHIN_MS), job.ended()]);
          continue;
        }
        const isDone = async () => (await this.rowsOf('events')) >= events;
        await Promise.race([until(isDone, 'all events', withinMs), job.ended()]);
        return;
      } finally {
        await job.kill9();
      }
    }
  }

  /** Runs a command of the job to its end. */
  async call(...args: string[]): Promise<void> {
    await this.run(...args).ended();
  }

  run(...args: string[]): RunningJob {
    const { brokers, topicPrefix } = this.kafka;
    const env = {
      LAKE_URL: this.lake.options.url,
      KAFKA_BROKERS: brokers.join(','),
      KAFKA_TOPIC_PREFIX: topicPrefix,
    };
    return startJob(args, { env });
  }

  async adopt(): Promise<Adopted> {
    const workFolder = await mkdtemp(join(tmpdir(), 'tidemark-adopt-'));
    try {
      return await adoptLake({ store: this.store, catalog: this.lake.catalog(), workFolder });
    } finally {
      await rm(workFolder, { recursive: true, force: true });
    }
  }

  /** The tables that differ from those of the exporter that has the whole log. */
  async differences(names: readonly string[] = NAMES): Promise<TableDifference[]> {
    await this.exported.export(this.store);
    return unequal(await compareTables(this.exported.catalog(), this.lake.catalog(), names));
  }

  async rowsOf(table: string): Promise<number> {
    const { metadata } = await loadTable(this.lake.catalog(), table);
    return Number(currentSnapshot(metadata)?.summary['total-records'] ?? 0);
  }

  async remove(): Promise<void> {
    await Promise.all([this.lake.remove(), this.exported.remove()]);
  }
}
