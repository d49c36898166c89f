import { bridgeMigrations } from '../bridge/migrations';
import { eventStoreMigrations } from '../event-store/postgres/migrations';
import type { MigrationFolder } from '../postgres/migrate';
import { projectionMigrations } from '../projections/engine/migrations';

/**
 * Every schema that the program keeps by numbered SQL files, in the order in which they build on one another.
 */
export const migrationFolders: readonly MigrationFolder[] = [
  eventStoreMigrations,
  projectionMigrations,
  bridgeMigrations,
];
