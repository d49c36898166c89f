import { type Lake, type LakeOptions, openLake } from '../../../src/lake/open-lake';
import { type Fault, withFault } from './fault';
import { catalogIn } from './test-lake';

export interface LakeProcessOptions {
  /** for what the process is making; absolute */
  folder: string;
  lake: LakeOptions;
  fault?: Fault;
}

/** A lake in a process of its own, with the fault that it is to meet. */
export async function openFaultyLake({ lake, fault }: LakeProcessOptions): Promise<Lake> {
  const opened = await openLake(lake);
  return fault ? { ...opened, ...catalogIn(withFault(opened.store, fault)) } : opened;
}
