import type { EventStore } from '../event-store/event-store';
import type { RangeCut } from '../lake/cuts/cut';
import { badRows } from '../lake/datasets/bad-rows.dataset';
import { eventDatasets } from '../lake/datasets/catalogue';
import type { Dataset } from '../lake/datasets/dataset';
import { CutsAgain } from './cut-again';
import type { Conditions, LogWindow } from './window/log-window';

const [first, second, third] = eventDatasets as [Dataset, Dataset, Dataset];
const refusal = { dataset: third.name, position: '3', reason: 'too large' };

const cut = (number: number): RangeCut => ({
  kind: 'range',
  number,
  after: '',
  through: '9',
  throughRecordedAt: 0,
  datasets: [first, second, third].map(({ name }) => name),
  refused: [refusal],
});

/** A window that notes what it is asked for, and refuses some events. */
function windowThat(refuses: { dataset: string; position: string; reason: string }[] = []) {
  const asked: (string[] | string)[] = [];
  const conditions: Conditions[] = [];
  const window = {
    fill: async () => {
      asked.push('fill');
      return { events: 9, through: '9', throughRecordedAt: 0 };
    },
    setBad: async () => {},
    prepare: async (datasets: readonly Dataset[], given: Conditions) => {
      asked.push(datasets.map(({ name }) => name));
      conditions.push(given);
      return refuses.filter(({ dataset }) => datasets.some(({ name }) => name === dataset));
    },
  } as unknown as LogWindow;
  return { window, asked, conditions };
}

const store = { readColumns: async function* () {} } as unknown as EventStore;
const never = new AbortController().signal;

describe('a cut that is done again', () => {
  it('is read and prepared once for all tables that may lack it', async () => {
    const { window, asked, conditions } = windowThat();
    const again = new CutsAgain(store, window, cut(7));
    for (const dataset of [first, second, badRows, third])
      await again.prepare(cut(7), dataset, undefined, never);
    expect(asked).toEqual(['fill', [first.name, second.name, third.name]]);
    expect(conditions).toEqual([{ settings: undefined, leftOut: [refusal] }]);
  });

  it('is prepared for one table where it is that table alone which lacks it', async () => {
    const { window, asked } = windowThat();
    const again = new CutsAgain(store, window);
    for (const number of [6, 7]) await again.prepare(cut(number), second, undefined, never);
    expect(asked).toEqual(['fill', [second.name], 'fill', [second.name]]);
  });

  it('is not written to a table that refuses one of its events now, but to those before', async () => {
    const { window } = windowThat([{ dataset: second.name, position: '5', reason: 'a fraction' }]);
    const again = new CutsAgain(store, window, cut(7));
    await again.prepare(cut(7), first, undefined, never);
    await expect(again.prepare(cut(7), second, undefined, never)).rejects.toThrow(
      `Cut 7 of the lake has rows of the event at 5 in ${second.name}`,
    );
  });

  it('is read anew after another one was in the window', async () => {
    const { window, asked } = windowThat();
    const again = new CutsAgain(store, window, cut(7));
    await again.prepare(cut(6), first, undefined, never);
    await again.prepare(cut(7), first, undefined, never);
    await again.prepare(cut(7), third, undefined, never);
    expect(asked).toEqual(['fill', [first.name], 'fill', [first.name, second.name, third.name]]);
  });
});
