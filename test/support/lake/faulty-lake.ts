import { join } from 'node:path';
import { HadoopCommitter } from '../../../src/export/iceberg/hadoop-committer';
import type { Lake } from '../../../src/export/lake';
import { openObjectStore } from '../../../src/export/object-store/open';
import { type Fault, withFault } from './fault';

export interface LakeProcessOptions {
  /** of a FolderLake */
  folder: string;
  fault?: Fault;
}

/** The lake of a FolderLake in a process of its own, with the fault that it is to meet. */
export async function openFaultyLake({ folder, fault }: LakeProcessOptions): Promise<Lake> {
  const opened = await openObjectStore({ url: join(folder, 'lake') });
  const store = fault ? withFault(opened, fault) : opened;
  return { store, committer: new HadoopCommitter(store), close: () => store.close() };
}
