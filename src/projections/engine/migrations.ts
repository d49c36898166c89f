import { join } from 'node:path';
import type { MigrationFolder } from '../../postgres/migrate';

/** The tables of generations, their checkpoints and dead letters. */
export const projectionMigrations: MigrationFolder = {
  scope: 'projections',
  folder: join(__dirname, '../migrations'),
  squashed: {
    ec582cca105e22328f20b2dc6c28569cac77d00194fbf41b96ca00724c500e72: 3,
    '47dd4c0d518cedbc953860ccc2c83dd55523d7f4dcf40acbc35015a07068fc9a': 3,
  },
};
