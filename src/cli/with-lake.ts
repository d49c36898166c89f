import type { Lake } from '../lake/open-lake';
import type { Config } from '../runtime/config';

/** Opens the lake of the configuration, and closes it when the work is done. */
export async function withLake<T>({ lake: options }: Config, work: (lake: Lake) => Promise<T>): Promise<T> {
  const { openLake } = await import('../lake/open-lake.js');
  const lake = await openLake(options);
  try {
    return await work(lake);
  } finally {
    await lake.close();
  }
}
