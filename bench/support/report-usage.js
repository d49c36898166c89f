// Loaded into a benched program (--require), and so into the processes of Node that it starts. At its end
// each writes a file of its own, BENCH_USAGE-<pid>.json: its peak memory in bytes, and the processor time in
// seconds of itself and of the processes that it waited for.
const { readFileSync, writeFileSync } = require('node:fs');

const TICKS_PER_SECOND = 100;

process.on('exit', () => {
  writeFileSync(
    `${process.env.BENCH_USAGE}-${process.pid}.json`,
    JSON.stringify({ peakRssBytes: process.resourceUsage().maxRSS * 1024, cpuSeconds: cpuSeconds() }),
  );
});

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1e6;
  if (process.platform !== 'linux') return own;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return own + (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}
