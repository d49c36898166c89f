import { TableError } from '../iceberg/errors';
import { sayingHowToMend } from './how-to-mend';

const failingWith = (error: Error) => sayingHowToMend(() => Promise.reject(error));

describe('the error of a table', () => {
  it('whose files are damaged says how its rows are exported again', async () => {
    await expect(failingWith(new TableError('orders', 'a manifest is gone', 'refill'))).rejects.toThrow(
      'Table orders: a manifest is gone. The event log has its rows: ' +
        '`tidemark export rollback orders --to-empty`, ' +
        'then `tidemark export run`, exports them again.',
    );
  });

  it('whose metadata is damaged says how it is made again', async () => {
    await expect(failingWith(new TableError('orders', 'v7 is gone', 'recreate'))).rejects.toThrow(
      'Table orders: v7 is gone. Take the folder orders out of the lake: `tidemark export run` ' +
        'then makes the table again from the event log.',
    );
  });

  it('says so once, however many rooms it goes through', async () => {
    const error = new TableError('orders', 'v7 is gone', 'recreate');
    const once = await failingWith(error).catch((thrown: Error) => thrown);
    expect(await failingWith(once as Error).catch((thrown: Error) => thrown)).toBe(once);
  });

  it('that is not damaged, and any other error, stay as they are', async () => {
    for (const error of [new TableError('orders', 'does not exist'), new Error('power cut')])
      await expect(failingWith(error)).rejects.toBe(error);
  });
});
