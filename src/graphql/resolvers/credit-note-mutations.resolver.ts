import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { type CreditNoteSummary, issueCreditNote } from '../../commands';
import { formatAmount } from '../../domain/money';
import { OperationContext } from '../context';
import { IssueCreditNoteInput } from '../inputs/credit-note.input';
import type { AcceptedCreditNote } from '../types/accepted.type';
import { IssueCreditNoteResult } from '../types/results.union';
import { type Answer, runCommand } from './run-command';

const creditNoteView = ({ total, ...creditNote }: CreditNoteSummary): { creditNote: AcceptedCreditNote } => ({
  creditNote: {
    ...creditNote,
    amount: { amount: formatAmount(total.amount, total.currency), currency: total.currency },
  },
});

@Resolver()
export class CreditNoteMutationsResolver {
  @Mutation(() => IssueCreditNoteResult)
  issueCreditNote(
    @Arg('input', () => IssueCreditNoteInput) input: IssueCreditNoteInput,
    @Ctx() context: OperationContext,
  ): Promise<Answer<{ creditNote: AcceptedCreditNote }>> {
    return runCommand(context, 'issueCreditNote', issueCreditNote, input, creditNoteView);
  }
}
