import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployFiles } from './deploy-sql';

const folder = join(__dirname, '../../../deploy/snowflake');

test.each(Object.entries(deployFiles))(
  'deploy/snowflake/%s is what the datasets make of it: run npm run snowflake-sql',
  (name, text) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text());
  },
);
