import { join } from 'node:path';
import { bridgeMigrations } from '../bridge/migrations';
import { eventStoreMigrations } from '../event-store/postgres/migrations';
import type { MigrationFolder } from '../postgres/migrate';

/**
 * Every schema that the program keeps by numbered SQL files, in the order in which they build on one another.
 */
export const migrationFolders: readonly MigrationFolder[] = [
  eventStoreMigrations,
  { scope: 'projections', folder: join(__dirname, '../projections/migrations') },
  bridgeMigrations,
];
