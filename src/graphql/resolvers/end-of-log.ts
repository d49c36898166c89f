import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';

/** Short, because the answer only makes an error clearer. */
const PATIENCE_MS = 1_000;

/** The last position of the log, '' when it is empty; undefined when the store does not answer at once. */
export async function endOfLog(store: EventStore): Promise<Position | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  const head = store.head().then(
    (last) => last?.position ?? '',
    () => undefined,
  );
  return Promise.race([head, late]).finally(() => clearTimeout(timer));
}
