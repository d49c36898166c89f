import { join } from 'node:path';
import type { MigrationFolder } from '../postgres/migrate';

/** The lease of the bridge, and what it remembers of topics. */
export const bridgeMigrations: MigrationFolder = {
  scope: 'bridge',
  folder: join(__dirname, 'sql'),
  // Its comments were written anew.
  squashed: { e4ee865cf3195906b158219d304d7da9632a8759a5b7b3e710322d4a278c6808: 1 },
};
