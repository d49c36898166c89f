import { type Advance, type PartitionAdvance, toPayloads } from './advance';

const POSITION = '9'.repeat(20);

const advance = (projection: string, partitions?: number): Advance => ({
  projection,
  generation: 12,
  position: POSITION,
  recordedAt: Date.UTC(2026, 0, 1),
  partitions:
    partitions === undefined
      ? undefined
      : Array.from(
          { length: partitions },
          (_, i): PartitionAdvance => ['catalogue', i, partitions, POSITION],
        ),
});

it('puts what a few projections announce into one payload', () => {
  const advances = ['orders', 'customers', 'products', 'category-revenue'].map((name) => advance(name, 4));
  const payloads = toPayloads([...advances, advance('rfm')]);
  expect(payloads.map((payload) => JSON.parse(payload))).toEqual([
    [...advances, { ...advance('rfm'), partitions: undefined }].map((one) => JSON.parse(JSON.stringify(one))),
  ]);
});

it('loses nothing of a thousand partitions, and makes no payload that PostgreSQL refuses', () => {
  const advances = ['orders', 'customers', 'category-revenue'].map((name) => advance(name, 1_000));
  const payloads = toPayloads(advances);
  for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
  const heard = payloads.flatMap((payload) => JSON.parse(payload) as Advance[]);
  for (const { projection, partitions } of advances)
    expect(heard.filter((one) => one.projection === projection).flatMap((one) => one.partitions)).toEqual(
      partitions,
    );
});

it('makes no payload of nothing', () => {
  expect(toPayloads([])).toEqual([]);
});
