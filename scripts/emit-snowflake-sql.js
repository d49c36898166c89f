// Writes deploy/snowflake/*.sql from the datasets, building first when dist is older than its source.
const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { build, isStale } = require('./build');

if (isStale()) build();
const { deployFiles } = require('../dist/warehouse/snowflake/deploy-sql');

const folder = join(__dirname, '../deploy/snowflake');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(deployFiles)) writeFileSync(join(folder, name), text());
