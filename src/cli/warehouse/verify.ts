import type { VerifyResult } from '../../warehouse/verify/verify';
import { ExitCode } from '../errors';
import { describeFreshness, freshnessOf } from '../freshness';
import { printJson, printTable } from '../output';
import { parseInstant } from '../parse';
import { createProgress } from '../progress';
import { withRuntime } from '../with-runtime';
import { checkTargetName, openTarget, type WarehouseCommandOptions, withLakeFiles } from './open-target';

/** `tidemark warehouse verify` */
export async function verify({
  target: name,
  since,
  json,
}: WarehouseCommandOptions & { since?: string }): Promise<void> {
  checkTargetName(name);
  const from = since === undefined ? undefined : parseInstant(since, '--since', 'a day');
  const { checkOwner } = await import('../../lake/lake-identity.js');
  await withRuntime('warehouse verify', ({ config, store }, signal) =>
    withLakeFiles(config, async (files, lake) => {
      await checkOwner(lake.store, await store.identity());
      const target = await openTarget(config, name, lake.store.root);
      const bar = createProgress({ label: 'verifying', unit: 'events', total: await store.countAfter(null) });
      const result = await target.verify(files, store, {
        since: from,
        signal,
        onProgress: ({ step, name: what, eventsRead }) => bar.update(eventsRead, `${step} ${what}`),
      });
      bar.done(`compared up to position ${result.through}`);
      const freshness = await freshnessOf(store, result.through);
      process.stderr.write(`${describeFreshness(freshness)}\n`);
      if (json) printJson({ ...result, freshness: freshness ?? null });
      else printVerified(result);
      if (!result.equal) process.exitCode = ExitCode.failed;
    }),
  );
}

function printVerified(result: VerifyResult): void {
  const { equal, after, through, datasets, refused, differences, tables } = result;
  printTable(datasets.map((counts) => ({ ...counts })));
  process.stdout.write('\nDimensions and facts, and how they differ from what they are made of:\n');
  printTable(
    tables.map(({ table, rows, missing, surplus, column, first }) => ({
      table,
      rows,
      missing,
      surplus,
      first: first && `${column} ${first}`,
    })),
  );
  process.stdout.write(
    `\nCompared ${after === null ? '' : `from behind position ${after} `}up to position ${through}: ` +
      `${equal ? 'all equal' : 'DIFFERENT'}.\n`,
  );
  if (refused.length > 0) {
    process.stdout.write(
      '\nIn the event store and in no row of these datasets, because they do not fit: ' +
        'lake and warehouse lack their money. Table bad_rows has each. `tidemark export redrive` takes ' +
        'those to the lake that a newer version has room for.\n',
    );
    printTable(
      refused.map(({ money, withoutMoney, ...each }) => ({
        ...each,
        money: Object.entries(money)
          .map(([currency, amount]) => `${amount} ${currency}`)
          .join(', '),
        withoutMoney,
      })),
    );
  }
  printTable(
    differences.map(({ dataset, day, currency, store, lake, warehouse, firstPosition }) => ({
      dataset,
      day,
      currency,
      firstPosition,
      store: shown(store),
      lake: shown(lake),
      warehouse: shown(warehouse),
    })),
  );
}

const shown = (tally: unknown): string =>
  JSON.stringify(tally, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? '-';
