import type { CommandContext } from '../../commands';

type Store = CommandContext['store'];
type Append = Store['append'];

/**
 * A store that keeps nothing: commands run to their answer, and the log stays as it was.
 * @param hides says of a stream whether it shall look as if it did not exist
 * @param onAppend is told what would have been appended
 */
export function withoutAppends(
  inner: Store,
  hides: (stream: string) => boolean = () => false,
  onAppend?: (...appended: Parameters<Append>) => void,
): Store {
  return {
    identity: () => inner.identity(),
    async append(stream, expected, events) {
      onAppend?.(stream, expected, events);
      const before = typeof expected === 'number' ? expected : -1;
      const position = (await inner.head())?.position ?? '';
      return { revision: before + events.length, position };
    },
    readStream: (stream, options) => (hides(stream) ? nothing() : inner.readStream(stream, options)),
    readAll: (after, options) => inner.readAll(after, options),
    readColumns: (after, options) => inner.readColumns(after, options),
    subscribeAll: (after, options) => inner.subscribeAll(after, options),
    head: () => inner.head(),
    countAfter: (position) => inner.countAfter(position),
    close: () => inner.close(),
  };
}

async function* nothing(): AsyncGenerator<never> {}
