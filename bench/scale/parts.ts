import { find, mostAtOnce, type Row } from './measured';

/** Something that orders pass through, and that may be what holds them up. */
export interface Part {
  name: string;
  /** what one takes, as the bench counts: events, mutations or orders a second */
  perSecond: number;
  /** how many of those an order is */
  perOrder: number;
  /** how many work side by side: as many as one likes, one at most, or as many as Kafka has partitions */
  side: 'any' | 'one' | 'partitions';
  /** what to do when it is full */
  add: string;
  /** what holds up then */
  wall: string;
}

/** Placed, paid, shipped, delivered: each is a mutation and an event. */
export const EVENTS_PER_ORDER = 4;

/** From this share of what a part holds on, waiting grows quickly: time to add. */
export const FULL = 0.7;

/** The parts with what was measured of each. @throws Error when a row is missing */
export function partsOf(rows: readonly Row[]): Part[] {
  const rate = (bench: string, what: RegExp) => find(rows, bench, what).value;
  const of4 = { perOrder: EVENTS_PER_ORDER };
  return [
    {
      ...of4,
      name: 'everything on one machine',
      perSecond: rate('mutations', /^placeOrder$/),
      side: 'one',
      add: 'the full size: an API process, a projector and an exporter on machines of their own',
      wall: 'the API processes',
    },
    {
      ...of4,
      name: 'an API process',
      perSecond: rate('mutations', /^ping with the same order$/),
      side: 'any',
      add: 'API processes behind a load balancer; they share nothing but the stores',
      wall: 'the event log',
    },
    {
      ...of4,
      name: 'the event log in one Postgres',
      perSecond: mostAtOnce(rows).perSecond,
      side: 'one',
      add: 'a faster disk and core for that server; then EventStoreDB, or a log for each shop',
      wall: 'the one writer of a log, which gives the order of all events',
    },
    {
      ...of4,
      name: 'the bridge',
      perSecond: rate('kafka', /^bridge$/),
      side: 'one',
      add: 'a core of its own; one is active, others wait',
      wall: 'the one that is active; then a log for each shop',
    },
    {
      ...of4,
      name: 'a projector on Kafka',
      perSecond: rate('kafka', /^projectors$/),
      side: 'partitions',
      add: 'projector processes, up to the number of partitions',
      wall: "the read models' Postgres, which all of them write to",
    },
    {
      ...of4,
      name: 'read models in the order of the whole log',
      perSecond: rate('replay', /^replay into all read models$/),
      side: 'one',
      add: 'a core of its own and a Postgres of their own',
      wall: 'one runner: they need every event in order',
    },
    {
      name: 'the exporter',
      perSecond: rate('lake', /^orders into the lake$/),
      perOrder: 1,
      side: 'one',
      add: 'cores; then Spark from Kafka in its place',
      wall: 'partitions of Kafka, and the catalogue of the lake',
    },
  ];
}

/** Orders a second that a part holds. @param many of it side by side */
export function ordersPerSecond({ perSecond, perOrder, side }: Part, many = 1): number {
  return ((side === 'one' ? 1 : many) * perSecond) / perOrder;
}

export interface Load {
  part: Part;
  /** share of what one holds; above 1 it falls behind */
  ofOne: number;
  /** how many keep it below FULL; undefined where one is all there can be, and that is not enough */
  needed: number | undefined;
}

/** What so many orders a second mean for each part, the fullest first. */
export function loads(parts: readonly Part[], orders: number, partitions: number): Load[] {
  const most = { any: Number.POSITIVE_INFINITY, one: 1, partitions };
  return parts
    .map((part) => {
      const ofOne = orders / ordersPerSecond(part);
      const many = Math.max(1, Math.ceil(ofOne / FULL));
      return { part, ofOne, needed: many <= most[part.side] ? many : undefined };
    })
    .sort((one, other) => other.ofOne - one.ofOne);
}
