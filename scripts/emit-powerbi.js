// Writes the Power BI project and the picture of its star schema from the code, building first when dist is
// older than its source.
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { build, isStale } = require('./build');

if (isStale()) build();
const { powerBiProject } = require('../dist/warehouse/powerbi/project');
const { withStarSchema } = require('../dist/warehouse/powerbi/star-schema');

const FOLDER = join(__dirname, '../deploy/powerbi');
const README = join(FOLDER, 'README.md');

for (const part of ['Tidemark.SemanticModel', 'Tidemark.Report']) {
  rmSync(join(FOLDER, part), { recursive: true, force: true });
}
for (const [path, content] of Object.entries(powerBiProject())) {
  const file = join(FOLDER, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
writeFileSync(README, withStarSchema(readFileSync(README, 'utf8')));
