// Loaded before a program (NODE_OPTIONS=--require): leaves the most memory that it had, in bytes, in the file
// of TIDEMARK_TEST_MEMORY.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.TIDEMARK_TEST_MEMORY, String(process.resourceUsage().maxRSS * 1024));
});
