import { type KafkaConnection, withKafka } from './connection';

/** A connection that counts how often it is closed. */
function fakeConnection() {
  const counted = { closed: 0 };
  const close = async () => {
    counted.closed++;
  };
  return { counted, connection: { close } as unknown as KafkaConnection };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('closes the connection when the work is done, and leaves no timer', async () => {
  const { counted, connection } = fakeConnection();
  const over = new AbortController();
  expect(await withKafka(connection, over.signal, async () => 7)).toBe(7);
  over.abort();
  expect(counted.closed).toBe(1);
  expect(jest.getTimerCount()).toBe(0);
});

it('closes the connection when the work fails', async () => {
  const { counted, connection } = fakeConnection();
  const work = () => Promise.reject(new Error('no'));
  await expect(withKafka(connection, new AbortController().signal, work)).rejects.toThrow('no');
  expect(counted.closed).toBe(1);
});

it.each(['before the work', 'during the work'])(
  'when it is to stop %s, gives the work two seconds to end by itself',
  async (when) => {
    const { counted, connection } = fakeConnection();
    const over = new AbortController();
    if (when === 'before the work') over.abort();
    let end = () => {};
    const working = withKafka(connection, over.signal, () => new Promise<void>((resolve) => (end = resolve)));
    over.abort();
    jest.advanceTimersByTime(1_999);
    expect(counted.closed).toBe(0);
    jest.advanceTimersByTime(1);
    expect(counted.closed).toBe(1);
    end();
    await working;
    expect(jest.getTimerCount()).toBe(0);
  },
);
