import { printJson } from '../output';
import { withLake } from '../with-lake';
import { configured, openTarget, type WarehouseCommandOptions } from './open-target';

/** `tidemark warehouse init` */
export async function init({
  target: name,
  rebuild = false,
  json,
}: WarehouseCommandOptions & { rebuild?: boolean }): Promise<void> {
  const config = await configured();
  await withLake(config, async (lake) => {
    const target = await openTarget(config, name, lake.store.root);
    await target.init({ rebuild });
    if (json) printJson({ warehouse: target.description, rebuilt: rebuild });
    else process.stdout.write(`The warehouse is there: ${target.description}\n`);
  });
}
