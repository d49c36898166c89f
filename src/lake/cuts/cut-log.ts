import type { Position } from '../../event-store/position';
import { LakeError } from '../errors/lake-error';
import type { ObjectStore } from '../object-store/object-store';
import { type Cut, cutName } from './cut';

/** Prefix of the records of cuts. */
export const CUTS = '_tidemark/cuts/';
const PROGRESS = '_tidemark/progress.json';

const keyOf = (number: number): string => `${CUTS}${cutName(number)}.json`;

/**
 * The record of a lake's cuts, an object for each. A cut is decided once: the first exporter to record it
 * wins, and the others follow.
 */
export class CutLog {
  constructor(private readonly store: ObjectStore) {}

  async get(number: number): Promise<Cut | undefined> {
    const body = await this.store.get(keyOf(number));
    if (!body) return undefined;
    const cut = parse<Cut>(body, keyOf(number));
    if (cut.kind !== 'redrive' && !cut.refused)
      throw new LakeError(
        `The lake ${this.store.root} was begun by an earlier version of Tidemark; ` +
          'give LAKE_URL an empty place',
      );
    return cut;
  }

  /** The newest cut. The tables have every cut before it; whether they have this one must be looked up. */
  async latest(): Promise<Cut | undefined> {
    const noted = await this.progress();
    let latest = noted === undefined ? undefined : await this.get(noted);
    latest ??= await this.get(await this.lastListed());
    for (let next = latest; next; next = await this.get(next.number + 1)) latest = next;
    return latest;
  }

  /** Records a cut. @returns the cut on record under its number, which may be another exporter's */
  async decide(cut: Cut): Promise<Cut> {
    await this.store.putIfAbsent(keyOf(cut.number), Buffer.from(JSON.stringify(cut)));
    const decided = await this.get(cut.number);
    if (!decided) throw new LakeError(`${this.store.root}/${keyOf(cut.number)} was written and is gone`);
    return decided;
  }

  /**
   * Notes that all tables have a cut. The note is a hint, with which `latest` need not search from the first
   * cut on. A process that was stopped for a while must not put an older number there: a quiet lake would
   * look unfinished from then on.
   */
  async finished(number: number): Promise<void> {
    if (((await this.progress()) ?? 0) >= number) return;
    await this.store.put(PROGRESS, Buffer.from(JSON.stringify({ cut: number })));
  }

  /**
   * Number of the newest cut that was noted as finished; undefined when there is no note, or it is damaged.
   */
  async progress(): Promise<number | undefined> {
    const body = await this.store.get(PROGRESS);
    try {
      return body && parse<{ cut: number }>(body, PROGRESS).cut;
    } catch {
      return undefined;
    }
  }

  /** Position that a dataset is exported through with a cut and those before it; '' before its first cut. */
  async coveredThrough(dataset: string, last: Cut): Promise<Position> {
    for (let cut: Cut | undefined = last; cut; cut = await this.get(cut.number - 1)) {
      if (cut.kind === 'range' && cut.datasets.includes(dataset)) return cut.through;
      if (cut.kind === 'backfill' && cut.dataset === dataset) return cut.until;
    }
    return '';
  }

  private async lastListed(): Promise<number> {
    let last = 0;
    for await (const { key } of this.store.list(CUTS)) last = Number.parseInt(key.slice(CUTS.length), 10);
    return last;
  }
}

/** Parses an object below `_tidemark`. @throws LakeError when it is no JSON */
export function parse<T>(body: Buffer, key: string): T {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new LakeError(
      `The lake's ${key} is no JSON: it is damaged, or was not written by Tidemark. ` +
        'Put it back from a copy, or begin a lake in an empty place (LAKE_URL).',
      { cause: error },
    );
  }
}
