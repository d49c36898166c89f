import { bridgeMigrations } from '../bridge/migrations';
import { eventStoreMigrations } from '../event-store/postgres/migrations';
import type { MigrationFolder } from '../postgres/migrate';
import { projectionMigrations } from '../projections/engine/migrations';

/** Every schema that numbered SQL files make, in an order in which each builds on those before. */
export const migrationFolders: readonly MigrationFolder[] = [
  eventStoreMigrations,
  projectionMigrations,
  bridgeMigrations,
];
