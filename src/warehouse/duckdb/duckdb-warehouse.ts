import type { LakeFiles } from '../lake-files';
import { NOTHING_LOADED } from '../load/ledger';
import { loadLake } from '../load/load';
import type { LoadOptions, LoadResult } from '../load/load-options';
import type { LoadableWarehouse } from '../load/loadable';
import { build, exclusively } from './build';
import { readPublished, type WarehouseOptions } from './published';

/**
 * - `made`: there is an empty one now
 * - `kept`: there was one of this model
 * - `outdated`: there was one of another version of the model; readers keep it until the next load has built
 *   its successor
 */
export type InitOutcome = 'made' | 'kept' | 'outdated';

/**
 * Makes a warehouse without rows, unless there is one.
 * @param rebuild makes one in any case; whoever has the old one open goes on reading that
 * @throws WarehouseError while a load is going on; then nothing is changed
 */
export function initWarehouse(options: WarehouseOptions, { rebuild = false } = {}): Promise<InitOutcome> {
  return exclusively(options, async (file) => {
    const published = rebuild ? undefined : await readPublished(file, options);
    if (published) return published.isCurrent ? 'kept' : 'outdated';
    await build(file, options, { from: 'nothing', work: async () => {} });
    return 'made';
  });
}

/**
 * Brings the warehouse up to what the lake has, see `loadLake`. It is built in a copy, which replaces the
 * published file at the end in one step: readers are never in the way and never see a part, and a load that
 * dies leaves the published file as it was. A warehouse of another version of the model is built anew.
 * @throws WarehouseError as `loadLake`, and while another load is going on
 */
export const loadWarehouse = (
  options: WarehouseOptions,
  lake: LakeFiles,
  load?: LoadOptions,
): Promise<LoadResult> => loadLake(loadable(options), lake, load);

const loadable = (options: WarehouseOptions): LoadableWarehouse => ({
  // The file lies on this machine: to ask it costs no more than to remember.
  recall: async () => undefined,
  remember: async () => {},
  open: (holidays, work) =>
    exclusively(options, async (file) => {
      const published = await readPublished(file, options, holidays);
      return work({
        loaded: published?.loaded ?? NOTHING_LOADED,
        hasDays: async () => published?.hasDays ?? false,
        // Nobody else writes to the copy.
        mustBeUnchanged: async () => {},
        write: ({ signal, onProgress }, bringIn) =>
          build(file, options, {
            from: published?.isCurrent ? 'published' : 'nothing',
            signal,
            work: bringIn,
            onBuilt: ({ files, rows }) =>
              onProgress?.({ step: 'publish', name: file, rows, filesRead: files, filesTotal: files }),
          }),
      });
    }),
});
