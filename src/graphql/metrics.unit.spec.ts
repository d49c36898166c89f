import { readFileSync } from 'node:fs';
import path from 'node:path';
import { register } from 'prom-client';
import { Metrics } from './metrics';

const metrics = new Metrics({ lakePosition: () => undefined });

it('has every metric in its own registry: give a new one `registers: [this.registry]`', () => {
  expect(register.getMetricsAsArray().map(({ name }) => name)).toEqual([]);
});

it('shows each metric in docs/metrics.md: give a new one a line there', () => {
  const page = readFileSync(path.join(__dirname, '../../docs/metrics.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `(tidemark_\w+)` \| (.*) \|$/gm)].map(([, name, help]) => [
    name,
    help,
  ]);
  const own = metrics.registry.getMetricsAsArray().filter(({ name }) => !/^(process|nodejs)_/.test(name));
  expect(listed.sort()).toEqual(own.map(({ name, help }) => [name, help]).sort());
});
