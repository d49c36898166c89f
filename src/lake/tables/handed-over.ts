import type { Cut } from '../cuts/cut';
import { HandedOverError } from '../errors/lake-error';
import { commitToTable, loadTable } from '../iceberg/commit';
import type { Catalog } from '../iceberg/committer';
import type { TableUpdate } from '../iceberg/updates';
import { atCut } from './stamp';

/** The cut that a table was handed over behind, for Spark: see `HandedOver`. */
const HANDED_OVER = 'tidemark.handed-over';
/** The exporter is taking the table back. No job of Spark begins on it. */
const ADOPTING = 'tidemark.adopting';
/** Position up to which the table has the log, and no more, when Spark has finished. */
const FINISHED = 'tidemark.spark.finished';

/** Where Spark is to go on. */
interface HandedOver {
  /** number of the cut that says so */
  cut: number;
  /** every table has the log up to here */
  through: Cut['through'];
  /** when the store wrote the event there, Unix milliseconds */
  recordedAt: number;
}

const withProperties = (catalog: Catalog, name: string, ...updates: TableUpdate[]) =>
  commitToTable(catalog, name, async () => ({ updates }));

/** Tells a table that Spark writes it from a cut on. */
export async function tellHandedOver(catalog: Catalog, name: string, cut: Cut): Promise<void> {
  const said: HandedOver = { cut: cut.number, through: cut.through, recordedAt: cut.throughRecordedAt };
  await withProperties(catalog, name, {
    action: 'set-properties',
    updates: { [HANDED_OVER]: JSON.stringify(said) },
  });
}

/** Tells a table that it has the rows of a cut, and keeps Spark away from it. */
export async function tellAdopting(catalog: Catalog, name: string, cut: Cut): Promise<void> {
  await withProperties(catalog, name, {
    action: 'set-properties',
    updates: { ...atCut(cut.number), [ADOPTING]: cut.through },
  });
}

/** Tells a table that it is the exporter's. */
export async function tellAdopted(catalog: Catalog, name: string): Promise<void> {
  await withProperties(catalog, name, {
    action: 'remove-properties',
    removals: [HANDED_OVER, ADOPTING, FINISHED],
  });
}

/** What a table says of Spark. */
export interface SaidOfSpark {
  /** number of the cut that it was handed over behind; undefined: it is the exporter's */
  cut: number | undefined;
  /** position that Spark has finished at; undefined: it has not */
  finished: Cut['through'] | undefined;
  isBeingAdopted: boolean;
}

export async function saidOfSpark(catalog: Catalog, name: string): Promise<SaidOfSpark> {
  const { properties } = (await loadTable(catalog, name)).metadata;
  const said = properties[HANDED_OVER];
  return {
    cut: said === undefined ? undefined : (JSON.parse(said) as HandedOver).cut,
    finished: properties[FINISHED],
    isBeingAdopted: ADOPTING in properties,
  };
}

/** @throws HandedOverError when a table is Spark's */
export async function mustBeExporters(catalog: Catalog, name: string): Promise<void> {
  if ((await saidOfSpark(catalog, name)).cut !== undefined) throw new HandedOverError(catalog.store.root);
}
