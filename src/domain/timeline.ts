/** A value and the business time (Unix milliseconds) from which it is true. */
interface Dated<T> {
  from: number;
  value: T;
}

/**
 * What something was, by the time from which it was that. The first value is true of all time before: what is
 * known of a customer or product from its beginning. Whoever dates a change back changes what was true from
 * then on, and not what replaced it since.
 */
export type Timeline<T> = readonly [Dated<T>, ...Dated<T>[]];

export const timelineFrom = <T>(value: T): Timeline<T> => [{ from: Number.NEGATIVE_INFINITY, value }];

/** Changes must be told of in the order of the log: of those of one time the later one counts. */
export function changedFrom<T>(timeline: Timeline<T>, from: number, value: T): Timeline<T> {
  const earlier = timeline.filter((dated) => dated.from <= from);
  return [...earlier, { from, value }, ...timeline.slice(earlier.length)] as unknown as Timeline<T>;
}

/**
 * When a change happens that is given no time of its own: now, and not before what it replaces, whoever's
 * clock that was dated by.
 * @param now Unix milliseconds
 */
export const timeOfChange = (now: number, ...timelines: Timeline<unknown>[]): number =>
  Math.max(now, ...timelines.map((timeline) => (timeline.at(-1) ?? timeline[0]).from));

export function valueAt<T>(timeline: Timeline<T>, at: number): T {
  return (timeline.findLast(({ from }) => from <= at) ?? timeline[0]).value;
}

/** What it is today. */
export const currentValue = <T>(timeline: Timeline<T>): T => valueAt(timeline, Number.POSITIVE_INFINITY);
