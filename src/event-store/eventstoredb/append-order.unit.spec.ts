import { AppendOrder } from './append-order';

/** Appends that stay under way until the spec ends them. */
function appends(order: AppendOrder) {
  const begun: string[] = [];
  const ends = new Map<string, (failed?: boolean) => void>();
  const run = (stream: string, name: string) =>
    order.run(stream, () => {
      begun.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (failed) => (failed ? reject(new Error(name)) : resolve(name)));
      });
    });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { begun, run, turn, end: (name: string, failed?: boolean) => ends.get(name)?.(failed) };
}

it('runs appends to one stream one after the other, even after failures', async () => {
  const { begun, run, turn, end } = appends(new AppendOrder());
  const first = run('a', '1');
  const second = run('a', '2');
  const other = run('b', '3');
  await turn();
  expect(begun).toEqual(['1', '3']);
  end('1', true);
  await expect(first).rejects.toThrow('1');
  await turn();
  expect(begun).toEqual(['1', '3', '2']);
  end('2');
  end('3');
  expect(await Promise.all([second, other])).toEqual(['2', '3']);
});

it('has no more appends under way than allowed', async () => {
  const order = new AppendOrder(2);
  const { begun, run, turn, end } = appends(order);
  const all = ['a', 'b', 'c', 'd'].map((name) => run(name, name));
  await turn();
  expect(begun).toEqual(['a', 'b']);
  end('b');
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c']) end(name);
  await turn();
  end('d');
  await Promise.all(all);
  await order.idle();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

it('is idle when every append has its outcome', async () => {
  const order = new AppendOrder();
  const { run, turn, end } = appends(order);
  await order.idle();
  void run('a', '1');
  void run('a', '2').catch(() => {});
  let idle = false;
  const waiting = order.idle().then(() => {
    idle = true;
  });
  await turn();
  end('1');
  await turn();
  expect(idle).toBe(false);
  end('2', true);
  await waiting;
});
