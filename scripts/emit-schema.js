// Writes schema.graphql from the code, building first when dist is older than its source.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { build, isStale } = require('./build');

if (isStale()) build();
const { buildSchema, schemaText } = require('../dist/graphql/schema');

writeFileSync(join(__dirname, '../schema.graphql'), schemaText(buildSchema()));
