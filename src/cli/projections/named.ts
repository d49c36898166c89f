import type { Projection } from '../../projections/projection';

/** @throws UnknownProjectionError */
export async function named(name: string): Promise<Projection> {
  const { projectionsNamed } = await import('../../projections/catalogue.js');
  return projectionsNamed([name])[0] as Projection;
}
