import { join } from 'node:path';
import type { MigrationFolder } from '../postgres/migrate';

const SOURCE = join(__dirname, '..');

/** Every schema that the program keeps by numbered SQL files, in the order in which they build on one another. */
export const migrationFolders: readonly MigrationFolder[] = [
  { scope: 'event-store', folder: join(SOURCE, 'event-store/postgres/migrations') },
  { scope: 'projections', folder: join(SOURCE, 'projections/registry') },
];
