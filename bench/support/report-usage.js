// Loaded into a benched program (--require): writes its peak memory in bytes to the file BENCH_USAGE when it
// ends.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ peakRss: process.resourceUsage().maxRSS * 1024 }));
});
