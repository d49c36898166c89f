import { int4Array, textArray } from '../../src/postgres/columns';
import type { Projection } from '../../src/projections/projection';

export interface TallyOptions {
  version?: number;
  /** throws for an event that it answers with true */
  refuses?: (stream: string, revision: number) => boolean;
  extraColumn?: boolean;
}

/**
 * A read model small enough to check by eye: events per stream, and their sum in a second table. A reader
 * sees whether both come from one commit.
 */
export function tally({
  version = 1,
  refuses = () => false,
  extraColumn = false,
}: TallyOptions = {}): Projection {
  return {
    name: 'tally',
    version,
    eventTypes: ['StoreConfigured', 'OrderPlaced', 'OrderPaid', 'OrderShipped', 'OrderCancelled'],
    ordering: 'per-key',
    tables: ['tally', 'tally_total'],
    schemaSql: `
      CREATE TABLE tally (
        stream text COLLATE "C" PRIMARY KEY, events integer NOT NULL${extraColumn ? ', extra text' : ''});
      CREATE TABLE tally_total (one boolean PRIMARY KEY, events integer NOT NULL);
      INSERT INTO tally_total VALUES (true, 0);`,
    indexesSql: 'CREATE INDEX tally_by_events ON tally (events);',
    open: async () => ({
      async apply(client, events) {
        const counts = new Map<string, number>();
        for (const { stream, revision } of events) {
          if (refuses(stream, revision)) throw new Error(`cannot count ${stream}`);
          counts.set(stream, (counts.get(stream) ?? 0) + 1);
        }
        await client.query(
          `INSERT INTO tally AS t (stream, events) SELECT * FROM unnest($1::text[], $2::int[])
           ON CONFLICT (stream) DO UPDATE SET events = t.events + excluded.events`,
          [textArray([...counts.keys()]), int4Array([...counts.values()])],
        );
        await client.query('UPDATE tally_total SET events = events + $1', [events.length]);
      },
    }),
  };
}
