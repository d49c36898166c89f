import { creditNotes, orders } from '../../commands/aggregates';
import { InFlight } from '../../concurrency/in-flight';
import type { OrderedStore } from './append-order';
import { readDocument } from './document';
import type { ReadRow } from './line';
import type { ImportTally } from './report';
import type { RejectedRow, StagedDocument } from './staging';
import { type Contexts, submit } from './submit';

/** The store of `real` appends in the order of its `expect` calls. */
export type OrderedContexts = Contexts & Pick<OrderedStore, 'expect'>;

export interface SubmitDocuments {
  documents: AsyncIterable<StagedDocument>;
  readRow: (cells: readonly string[]) => ReadRow;
  contexts: OrderedContexts;
  reject: (rows: RejectedRow[]) => Promise<void>;
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
  const { documents, readRow, contexts, reject, tally, concurrency, signal, onDone } = work;
  const inFlight = new InFlight({ tasks: concurrency, weight: LINES_IN_FLIGHT });
  let done = 0;
  try {
    for await (const staged of documents) {
      if (signal?.aborted) break;
      const { document, rejects } = readDocument(staged, readRow);
      await reject(rejects);
      if (document === undefined) {
        onDone(++done);
        continue;
      }
      tally.differs(document);
      const over = contexts.expect(streamOf(staged));
      await inFlight.start(document.lines.length, async () => {
        try {
          const submitted = await submit(contexts, document);
          tally.submitted(submitted);
          await reject(submitted.rejects);
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

const streamOf = ({ id, isCreditNote }: StagedDocument): string =>
  (isCreditNote ? creditNotes : orders).streamPrefix + id;

/** Whether documents of an order file go to streams like this. */
export function isDocumentStream(stream: string): boolean {
  return stream.startsWith(orders.streamPrefix) || stream.startsWith(creditNotes.streamPrefix);
}
