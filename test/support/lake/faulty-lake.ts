import { type Lake, type LakeOptions, openLake } from '../../../src/lake/open-lake';
import { type Fault, withFault } from './fault';
import { catalogIn } from './test-lake';

export interface LakeProcessOptions {
  /** for unfinished files of the process; absolute */
  folder: string;
  lake: LakeOptions;
  fault?: Fault;
}

/** Opens a lake whose writes meet the fault of this process. */
export async function openFaultyLake({ lake, fault }: LakeProcessOptions): Promise<Lake> {
  const opened = await openLake(lake);
  return fault ? { ...opened, ...catalogIn(withFault(opened.store, fault)) } : opened;
}
