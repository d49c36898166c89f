/** Runs tasks of one key one after the other, in the order they came; tasks of different keys do not wait. */
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
