import type { Step } from '../layouts/layout';
import { completeOrder } from './complete-order';
import { isWhole, type ReadDocument, usableRows } from './document';
import { byProduct, type LaterStep } from './lifecycle';
import type { LifeSaid } from './order-life';
import type { Reason } from './row-values';
import type { RefusedRow } from './staging';
import { type Contexts, reasonOf, type SubmitRules, type Submitted, submit } from './submit';

/** What is done to an order after it was placed. */
export type DoneStep = LaterStep['does'];

/** What became of a document, with what was done to its order after it was placed. */
export type Imported = (Submitted | NoSale | Refunded) & { steps: readonly DoneStep[] };

/** Its status says that nothing was sold. */
interface NoSale {
  outcome: 'noSale';
  why: string;
  refused: RefusedRow[];
}

/** Units of an order that is in the log came back. */
interface Refunded {
  outcome: 'refunded';
  refused: RefusedRow[];
}

/** Places a document, and does to its order what the file tells of its later life. */
export async function importDocument(
  contexts: Contexts,
  read: ReadDocument,
  rules: SubmitRules,
): Promise<Imported> {
  const { staged, life } = read;
  if (life?.leftOut !== undefined) return noSale(contexts, staged.id, life.leftOut, life, rules);
  if (life?.problem !== undefined) return leftOut(read, life.problem.reason, life.problem.of);
  if (life !== undefined && isWhole(read) && usableRows(read).length === 0)
    return refund(contexts, read, life, rules);
  const submitted = await submit(contexts, read, rules);
  return submitted.outcome === 'leftOut' ? { ...submitted, steps: [] } : complete(contexts, submitted, rules);
}

type Placed = Exclude<Submitted, { outcome: 'leftOut' }>;

async function complete({ real }: Contexts, placed: Placed, rules: SubmitRules): Promise<Imported> {
  const { document } = placed;
  if (document.life === undefined) return { ...placed, steps: [] };
  const completed = await completeOrder(real, document.id, document.life, rules);
  // A dry run places nothing, so there is nothing to complete: it tells what would be done.
  if ('isThere' in completed) return { ...placed, steps: document.life.does.map(doneStep) };
  if ('steps' in completed) return { ...placed, steps: completed.steps.map(({ does }) => does) };
  const { label, detail } = reasonOf(completed.failure);
  const reason = { label: `it is there, but could not be completed: ${label}`, detail };
  const refused = { row: document.rows[0]?.row ?? 0, documentId: document.id, reason };
  return { ...placed, refused: [...placed.refused, refused], steps: [] };
}

const doneStep = (step: Step): DoneStep => (step === 'return_some' ? 'return' : step);

/** Nothing was sold. Where an earlier import has placed the order, that is taken back. */
async function noSale(
  { real }: Contexts,
  id: string,
  why: string,
  life: LifeSaid,
  rules: SubmitRules,
): Promise<Imported> {
  const { does, at } = life;
  const completed =
    does.length > 0 ? await completeOrder(real, id, { does, at, returned: undefined }, rules) : { steps: [] };
  const steps = 'steps' in completed ? completed.steps.map((step) => step.does) : [];
  return { outcome: 'noSale', why, steps, refused: [] };
}

/** Rows that take units back, without those that sold them: their order is in the log, or nowhere. */
async function refund(
  { real }: Contexts,
  read: ReadDocument,
  life: LifeSaid,
  rules: SubmitRules,
): Promise<Imported> {
  if (life.returned.length === 0) return leftOut(read, { label: 'an order without a line' });
  const returned = { units: byProduct(life.returned), shipping: 0, tax: 0 };
  const told = { does: ['return_some'] as const, at: life.at, returned };
  const completed = await completeOrder(real, read.staged.id, told, rules);
  if ('isThere' in completed)
    return leftOut(read, { label: 'takes units back of an order that was not imported' });
  if ('failure' in completed) return leftOut(read, reasonOf(completed.failure));
  return { outcome: 'refunded', steps: completed.steps.map(({ does }) => does), refused: [] };
}

function leftOut({ staged }: ReadDocument, reason: Reason, of = 0): Imported {
  const row = staged.rows[of]?.row ?? 0;
  return { outcome: 'leftOut', steps: [], refused: [{ row, documentId: staged.id, reason }] };
}
