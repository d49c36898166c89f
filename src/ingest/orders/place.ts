import { type CommandContext, type CommandResult, issueCreditNote, placeOrder } from '../../commands';
import { creditNotes, orders } from '../../commands/aggregates';
import { issueCreditNoteInput, type OrderDocument, placeOrderInput } from './document';

/** Runs the command of a document. Its state's total is in minor units. */
export function place(
  context: CommandContext,
  document: OrderDocument,
): Promise<CommandResult<{ total: { amount: number; currency: string } }>> {
  return document.isCreditNote
    ? issueCreditNote(context, issueCreditNoteInput(document))
    : placeOrder(context, placeOrderInput(document));
}

export const streamOf = ({ id, isCreditNote }: Pick<OrderDocument, 'id' | 'isCreditNote'>): string =>
  (isCreditNote ? creditNotes : orders).streamPrefix + id;

/** Whether documents of an order file go to streams like this. */
export function isDocumentStream(stream: string): boolean {
  return stream.startsWith(orders.streamPrefix) || stream.startsWith(creditNotes.streamPrefix);
}
