import { WarehouseError } from '../errors';
import type { LakeFile, LakeFiles } from '../lake-files';
import type { WarehouseSession } from '../session';
import { scratchStatements } from '../sql/ddl';
import { loadStatements } from '../sql/load';
import type { Statement } from '../sql/statement';
import { dayStatements } from './days';
import { groups } from './groups';
import { hasFiles } from './ledger';
import { ledgerStatements } from './ledger-statements';
import type { LoadOptions, LoadProgress, LoadResult } from './load-options';
import type { LoadableWarehouse, OpenWarehouse } from './loadable';
import { findNewFiles, type NewFiles } from './new-files';

/**
 * Brings a warehouse up to what the lake has, all or nothing: staging, dimensions, facts and ledger are one
 * transaction. Without new files or changed holidays it changes nothing. To load a file twice changes
 * nothing, and neither does a file that compaction made of others.
 * @throws WarehouseError when a file does not have the rows that the lake's table says, or when the warehouse
 *   was filled from another lake; whatever the warehouse throws
 */
export async function loadLake(
  warehouse: LoadableWarehouse,
  lake: LakeFiles,
  options: LoadOptions = {},
): Promise<LoadResult> {
  const { holidays = [] } = options;
  const recalled = await warehouse.recall(lake, holidays);
  if (recalled !== undefined) return nothingNew(recalled.through);
  return warehouse.open(holidays, async (opened) => {
    const news = await findNewFiles(lake, opened.loaded);
    const isCurrent = news.count === 0 && (await opened.hasDays());
    const result = isCurrent
      ? nothingNew(opened.loaded.through)
      : await opened.write(options, (session) => bringIn(session, opened, news, options));
    await warehouse.remember({ news, through: result.through, holidays });
    return result;
  });
}

const nothingNew = (through: string | null): LoadResult => ({ files: 0, rows: 0, written: {}, through });

async function bringIn(
  session: WarehouseSession,
  opened: OpenWarehouse,
  news: NewFiles,
  options: LoadOptions,
): Promise<LoadResult> {
  const { holidays = [], now = Date.now } = options;
  const { dialect } = session;
  const steps = new LoadSteps(session, news.count, options);
  // Before the transaction: in Snowflake a CREATE TABLE would end it.
  await steps.run(scratchStatements(dialect));
  for (const [dataset, files] of news.files)
    for (const group of groups(files)) await steps.stage(dataset, group);
  await session.transaction(
    async () => {
      await opened.mustBeUnchanged();
      await steps.run(loadStatements(dialect, new Set(news.files.keys())));
      await steps.run(await dayStatements(session, holidays));
      if (news.count > 0) await steps.run(ledgerStatements(dialect, news, now()));
      steps.report('commit', 'commit', 0);
    },
    (reader) => hasFiles(reader, news.files),
  );
  const { count: files, rows, through } = news;
  return { files, rows, written: steps.written, through: through ?? opened.loaded.through };
}

/** Runs the steps of a load, and reports each. */
class LoadSteps {
  /** how many rows were written, by table */
  readonly written: Record<string, number> = {};
  private filesRead = 0;

  constructor(
    private readonly session: WarehouseSession,
    private readonly filesTotal: number,
    private readonly options: Pick<LoadOptions, 'onProgress' | 'signal'>,
  ) {}

  async run(statements: readonly Statement[]): Promise<void> {
    for (const { kind, object, label, sql } of statements) {
      const changed = await this.session.run(sql);
      if (kind === 'insert' || kind === 'merge') this.written[object] = (this.written[object] ?? 0) + changed;
      this.report('statement', label, changed);
    }
  }

  /**
   * Copies files into the load table of their dataset.
   * @throws WarehouseError when they have more or fewer rows than the lake's tables say
   */
  async stage(dataset: string, files: readonly LakeFile[]): Promise<void> {
    const read = await this.session.fill(dataset, files);
    const expected = files.reduce((sum, file) => sum + file.rows, 0);
    if (read !== expected) {
      const [first, last] = [files[0]?.key, files.at(-1)?.key];
      const what =
        files.length === 1 ? `${first} holds` : `${files.length} files from ${first} to ${last} hold`;
      throw new WarehouseError(
        `${dataset}: ${what} ${read} rows, and the table of the lake says ${expected}`,
      );
    }
    this.filesRead += files.length;
    this.report('read', dataset, read);
  }

  /** @throws the reason of the signal, once that is aborted */
  report(step: LoadProgress['step'], name: string, rows: number): void {
    const { onProgress, signal } = this.options;
    onProgress?.({ step, name, rows, filesRead: this.filesRead, filesTotal: this.filesTotal });
    signal?.throwIfAborted();
  }
}
