// Writes samples/orders.csv anew from the simulator's shop: `npm run build && node scripts/sample.js`.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { sampleOrders } = require('../dist/ingest/simulator/sample.js');

writeFileSync(join(__dirname, '../samples/orders.csv'), sampleOrders());
