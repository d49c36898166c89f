import { InFlight } from '../../concurrency/in-flight';
import type { OrderedStore } from './append-order';
import { readDocument } from './document';
import { importDocument } from './import-document';
import type { ReadRow } from './line';
import type { LifeReader } from './order-life';
import { streamOf } from './place';
import type { ImportTally } from './report';
import type { Staging } from './staging';
import type { Contexts, SubmitRules } from './submit';

/** The store of `real` appends in the order of its `expect` calls. */
export type OrderedContexts = Contexts & Pick<OrderedStore, 'expect'>;

export interface SubmitDocuments {
  staging: Pick<Staging, 'documents' | 'refuse' | 'acquit'>;
  readRow: (cells: readonly string[]) => ReadRow;
  contexts: OrderedContexts;
  /** undefined where the file does not say what becomes of an order */
  readLife?: LifeReader;
  rules: SubmitRules;
  tally: ImportTally;
  /** most commands at once */
  concurrency: number;
  signal?: AbortSignal;
  onDone: (documents: number) => void;
}

/** Bounds the memory of the commands under way where documents are long. */
const LINES_IN_FLIGHT = 20_000;

/**
 * Runs the documents' commands, many at once. Their events are appended in the order of the documents.
 * @returns how many documents are done: all of them, unless it was told to stop
 */
export async function submitDocuments(work: SubmitDocuments): Promise<number> {
  const { staging, readRow, readLife, contexts, rules, tally, concurrency, signal, onDone } = work;
  const inFlight = new InFlight({ tasks: concurrency, weight: LINES_IN_FLIGHT });
  let done = 0;
  try {
    for await (const staged of staging.documents()) {
      if (signal?.aborted) break;
      const read = readDocument(staged, readRow, rules.defaults, readLife);
      const over = contexts.expect(streamOf(staged));
      await inFlight.start(staged.rows.length, async () => {
        try {
          const submitted = await importDocument(contexts, read, rules);
          tally.submitted(read, submitted);
          const { outcome, refused } = submitted;
          // What its rows lack is no fault where nothing was sold.
          if (outcome === 'noSale' && staged.rows.some((row) => row.refused)) await staging.acquit(staged.id);
          await staging.refuse(refused, outcome === 'leftOut' ? { whole: true } : {});
        } finally {
          over();
        }
        onDone(++done);
      });
      // The first order settles the store's currency, so it must be stored before any other command runs.
      if (!(await contexts.real.settings.stored())) await inFlight.finish();
    }
  } finally {
    await inFlight.finish();
  }
  return done;
}
