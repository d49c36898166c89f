import type { Projection } from '../../projections/projection';

/** @throws UnknownProjectionError */
export async function named(name: string): Promise<Projection> {
  const { projectionsNamed } = await import('../../projections/read-models/catalogue.js');
  return projectionsNamed([name])[0] as Projection;
}
