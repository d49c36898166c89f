import { DuckDBDataChunk, VARCHAR } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import fc from 'fast-check';
import type { Column } from '../columns/table-definition';
import { SEGMENT_ROWS } from './column-store';
import { withPointers } from './string-vector';
import { TextStore } from './text-stores';

const column: Column = { id: 1, name: 'text', type: { kind: 'string' }, nullable: true, doc: '' };

/** Puts texts into a vector and reads them back. */
function throughVector(texts: readonly (string | null)[]): unknown[] {
  const store = new TextStore(column, { bytes: 0 });
  store.add(texts.map((text) => ({ text })));
  const chunk = DuckDBDataChunk.create([VARCHAR], texts.length);
  store.fill(0, duckdb.data_chunk_get_vector(chunk.chunk, 0));
  return chunk.getColumnValues(0);
}

describe('a vector of texts', () => {
  it('gives back texts of every length and alphabet, and nulls', () => {
    const text = fc.option(fc.string({ unit: 'binary', maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 60 }), (texts) => {
        expect(throughVector(texts)).toEqual(texts);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['short, so that there is no heap', ['', 'a', 'twelve bytes']],
    ['long at first', ['thirteen byte', 'a', 'much longer than an entry has room for']],
    ['long behind a null', [null, 'much longer than an entry has room for']],
    ['repeated', ['much longer than an entry has room for', 'much longer than an entry has room for']],
    ['of 12 bytes or 13, beyond ASCII', ['öäüöäü', 'öäüöäüa', 'ααααααα']],
  ])('gives back texts that are %s', (_, texts) => {
    expect(throughVector(texts)).toEqual(texts);
  });

  it('has its own copy of the texts', () => {
    const texts = Array.from({ length: SEGMENT_ROWS }, (_, n) => `a text that lies on the heap, number ${n}`);
    const chunks = Array.from({ length: 10 }, () => {
      const store = new TextStore(column, { bytes: 0 });
      store.add(texts.map((text) => ({ text })));
      const chunk = DuckDBDataChunk.create([VARCHAR], texts.length);
      store.fill(0, duckdb.data_chunk_get_vector(chunk.chunk, 0));
      return chunk;
    });
    // The stores that filled the first vectors may be collected by now.
    for (const chunk of chunks) expect(chunk.getColumnValues(0)).toEqual(texts);
  });

  it('has pointers that carry from the low word to the high one', () => {
    const entries = Int32Array.from([20, 0, 0, 0, 20, 0, 15, 0, 20, 0, 16, 0, 5, 7, 8, 9]);
    const words = Uint32Array.from(withPointers(entries, 4, [2 ** 32 - 16, 7]));
    expect([...words]).toEqual([20, 0, 2 ** 32 - 16, 7, 20, 0, 2 ** 32 - 1, 7, 20, 0, 0, 8, 5, 7, 8, 9]);
  });
});
