import { caseAttempt } from '../../../test/fuzz/case-attempts';
import { createImportTest, type ImportTest } from '../../../test/support/imports';
import { ordersInPart } from '../../../test/support/orders-in-part';
import { InputError } from '../input-error';
import { createRandom } from '../simulator/random';

/** More with IMPORT_FUZZ_FILES. */
const FILES = Number(process.env.IMPORT_FUZZ_FILES ?? 60);
const FIRST_SEED = Number(process.env.IMPORT_FUZZ_SEED ?? 1);
const MS_A_FILE = 3_000;

let imports: ImportTest;
beforeAll(async () => {
  imports = await createImportTest();
});
afterAll(() => imports.close());

it(
  'a file that is wrong in any way is refused with a reason, or places whole orders only, and once',
  async () => {
    let placed = 0;
    let refused = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + FILES; seed++) {
      const { bytes } = caseAttempt(createRandom(seed));
      const file = await imports.write(Buffer.from(bytes, 'latin1'));
      const options = { file, reportingCurrency: 'USD', concurrency: 8 };
      const before = (await imports.store.head())?.position ?? null;
      try {
        const report = await imports.file(options);
        const inPart = await ordersInPart(imports.store, before, file, report);
        expect({ seed, inPart, interrupted: report.interrupted }).toEqual({
          seed,
          inPart: [],
          interrupted: false,
        });
        const { orders, creditNotes, leftOut, alreadyThere, documents } = report;
        expect({ seed, sum: orders + creditNotes + leftOut + alreadyThere }).toEqual({
          seed,
          sum: documents,
        });
        const again = await imports.file(options);
        expect({ seed, orders: again.orders, creditNotes: again.creditNotes }).toEqual({
          seed,
          orders: 0,
          creditNotes: 0,
        });
        placed += orders + creditNotes;
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`Seed ${seed}: ${error}`, { cause: error });
        expect({ seed, message: error.message }).toEqual({ seed, message: expect.stringMatching(/\w/) });
        refused++;
      }
    }
    expect({ placed: placed > 0, refused: refused > 0 }).toEqual({ placed: true, refused: true });
  },
  FILES * MS_A_FILE,
);
