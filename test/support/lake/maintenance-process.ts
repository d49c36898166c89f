// A process that compacts or expires every table of a lake and ends: `node run-typescript.js <script>
// <options as JSON>`.
import { join } from 'node:path';
import { type LakeProcessOptions, openFaultyLake } from './faulty-lake';
import { maintain, type Task } from './maintain';

export interface ProcessOptions extends LakeProcessOptions {
  task: Task;
}

run(JSON.parse(process.argv[2] ?? '')).catch((error) => {
  console.error(error);
  process.exit(1);
});

async function run({ task, ...options }: ProcessOptions): Promise<void> {
  const lake = await openFaultyLake(options);
  await maintain(task, lake, join(options.folder, `maintenance-${process.pid}`));
  await lake.close();
}
