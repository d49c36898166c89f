import { join } from 'node:path';
import type { MigrationFolder } from '../../postgres/migrate';

/** The tables and functions of the log. */
export const eventStoreMigrations: MigrationFolder = {
  scope: 'event-store',
  folder: join(__dirname, 'sql'),
  squashed: {
    '9f5de0407909cd0172d1431f7a05061e93de662d9f012c933d1e9c882ee30749': 4,
    '78b18c8eb030d95b518100d8779b5081760249eceba63682710aecdaf3aaa01f': 4,
  },
};
