import type { Rebuilt } from '../../../src/projections/rebuild/rebuild';
import type { Sandbox } from './sandbox';

/** While a server runs: every read model is equal to what a replay makes of the log. */
export async function expectEqualReadModels(sandbox: Sandbox): Promise<void> {
  const { projections } = await sandbox.json<{ projections: Rebuilt[] }>(
    'replay',
    '--all',
    '--verify',
    '--json',
  );
  expect(projections.map(({ comparison }) => comparison?.equal)).toEqual(projections.map(() => true));
}
