import { stopInOrder } from './shutdown';

test('steps run one after the other, also past one that fails', async () => {
  const done: string[] = [];
  const errors: unknown[] = [];
  const step = (name: string) => async () => {
    await Promise.resolve();
    done.push(name);
  };
  const failing = async () => {
    throw new Error('cannot');
  };
  const inTime = await stopInOrder([step('api'), failing, step('database')], (error) => errors.push(error));
  expect(inTime).toBe(true);
  expect(done).toEqual(['api', 'database']);
  expect(errors).toEqual([new Error('cannot')]);
});

test('a step that hangs is not waited for beyond the limit', async () => {
  const hanging = () => new Promise<void>(() => {});
  expect(await stopInOrder([hanging], () => {}, 5)).toBe(false);
});
