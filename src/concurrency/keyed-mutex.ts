/**
 * Runs the tasks of one key one after the other, in the order of the calls. Keys do not wait for each other.
 */
export type InTurn = <T>(key: string, task: () => Promise<T>) => Promise<T>;

export function createKeyedMutex(): InTurn {
  const lastByKey = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const previous = lastByKey.get(key);
    const current = previous === undefined ? task() : previous.then(task, task);
    lastByKey.set(key, current);
    try {
      return await current;
    } finally {
      if (lastByKey.get(key) === current) lastByKey.delete(key);
    }
  };
}
