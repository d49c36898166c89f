import { join } from 'node:path';
import type { MigrationFolder } from '../postgres/migrate';

/** The lease of the bridge, and what it remembers of topics. */
export const bridgeMigrations: MigrationFolder = { scope: 'bridge', folder: join(__dirname, 'sql') };
