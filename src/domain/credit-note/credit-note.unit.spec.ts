import { eventsOf, given, NOW } from '../../../test/support/given-when-then';
import { evolveCreditNote } from './credit-note-state';
import {
  type CreditedLine,
  decideIssueCreditNote,
  type IssueCreditNoteCommand,
} from './decide-issue-credit-note';

const line = { productId: 'P1', productName: 'Mug', category: 'Kitchen', unitPrice: '0.335', quantity: 3 };
const note: IssueCreditNoteCommand = {
  creditNoteId: 'N1',
  customerId: 'C1',
  country: 'FR',
  currency: 'EUR',
  lines: [line, { ...line, productId: 'P2', unitPrice: '2.00', quantity: 1 }],
};
const issuing = (fields: Partial<IssueCreditNoteCommand>) =>
  given(evolveCreditNote).when(decideIssueCreditNote, { ...note, ...fields });
const issuingLine = (fields: Partial<CreditedLine>) => issuing({ lines: [{ ...line, ...fields }] });

describe('issuing a credit note', () => {
  it('adds up its lines', () => {
    const { result } = issuing({ reason: 'Old receipt', issuedAt: NOW - 5 });
    expect(result).toEqual({
      ok: true,
      value: [
        {
          type: 'CreditNoteIssued',
          occurredAt: NOW - 5,
          data: {
            creditNoteId: 'N1',
            customerId: 'C1',
            country: 'FR',
            region: null,
            currency: 'EUR',
            reason: 'Old receipt',
            lines: [
              { ...line, lineNumber: 1, amount: 101 },
              { ...line, productId: 'P2', unitPrice: '2.00', quantity: 1, lineNumber: 2, amount: 200 },
            ],
            amount: 301,
          },
        },
      ],
    });
  });

  it('carries shipping and tax, also without lines', () => {
    const data = (fields: Partial<IssueCreditNoteCommand>) => eventsOf(issuing(fields).result)[0]?.data;
    expect(data({ shipping: 395, tax: 100 })).toMatchObject({ amount: 301, shipping: 395, tax: 100 });
    expect(data({ lines: [], tax: 1 })).toMatchObject({ lines: [], amount: 0, tax: 1 });
    const state = given(evolveCreditNote, ...eventsOf(issuing({ shipping: 395, tax: 100 }).result)).state;
    expect(state?.total).toBe(796);
  });

  it('is refused a second time', () => {
    const { result } = issuing({});
    if (!result.ok) throw new Error('Refused');
    given(evolveCreditNote, ...result.value)
      .when(decideIssueCreditNote, note)
      .thenRefused('ALREADY_EXISTS', ['creditNoteId']);
  });

  it('is refused where a number cannot be', () => {
    issuing({ shipping: -1 }).thenRefused('INVALID_INPUT', ['shipping']);
    issuing({ tax: -1 }).thenRefused('INVALID_INPUT', ['tax']);
    issuing({ shipping: 999_999_999_999_999 }).thenRefused('INVALID_INPUT', []);
    issuing({ lines: [] }).thenRefused('INVALID_INPUT', ['lines']);
    issuing({ country: '' }).thenRefused('INVALID_INPUT', ['country']);
    issuing({ issuedAt: NOW + 600_000 }).thenRefused('INVALID_INPUT', ['occurredAt']);
    issuing({ exchangeRate: '2' }).thenRefused('INVALID_INPUT', ['exchangeRate']);
    issuingLine({ quantity: -1 }).thenRefused('INVALID_INPUT', ['lines', '0', 'quantity']);
    issuingLine({ unitPrice: '-1.00' }).thenRefused('INVALID_INPUT', ['lines', '0', 'unitPrice']);
    const huge = { ...line, unitPrice: '9999999999999.99', quantity: 1 };
    issuingLine({ ...huge, quantity: 2 }).thenRefused('INVALID_INPUT', ['lines', '0', 'unitPrice']);
    issuing({ lines: [huge, huge] }).thenRefused('INVALID_INPUT', ['lines']);
  });
});
