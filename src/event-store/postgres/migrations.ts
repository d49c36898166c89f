import { join } from 'node:path';
import type { MigrationFolder } from '../../postgres/migrate';

/** The tables and functions of the log. */
export const eventStoreMigrations: MigrationFolder = { scope: 'event-store', folder: join(__dirname, 'sql') };
