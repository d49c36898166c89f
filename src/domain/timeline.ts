/** A value and the business time (Unix milliseconds) from which it is true. */
interface Dated<T> {
  from: number;
  value: T;
}

/**
 * The values of one thing over business time, each with the time from which it is true. The first value is
 * true of all time before. A change that is dated back is true from its date until the next later change.
 */
export type Timeline<T> = readonly [Dated<T>, ...Dated<T>[]];

export const timelineFrom = <T>(value: T): Timeline<T> => [{ from: Number.NEGATIVE_INFINITY, value }];

/** Adds a change. Call it in the order of the log: of two changes of one time the later one counts. */
export function changedFrom<T>(timeline: Timeline<T>, from: number, value: T): Timeline<T> {
  const earlier = timeline.filter((dated) => dated.from <= from);
  return [...earlier, { from, value }, ...timeline.slice(earlier.length)] as unknown as Timeline<T>;
}

/**
 * The time of a change that names none: now, but not before the value it replaces. Another machine's clock,
 * which may be ahead, may have dated that value.
 * @param now Unix milliseconds
 */
export const timeOfChange = (now: number, ...timelines: Timeline<unknown>[]): number =>
  Math.max(now, ...timelines.map((timeline) => (timeline.at(-1) ?? timeline[0]).from));

export function valueAt<T>(timeline: Timeline<T>, at: number): T {
  return (timeline.findLast(({ from }) => from <= at) ?? timeline[0]).value;
}

/** The value that is true today. */
export const currentValue = <T>(timeline: Timeline<T>): T => valueAt(timeline, Number.POSITIVE_INFINITY);
