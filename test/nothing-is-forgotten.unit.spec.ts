import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sourceFiles } from './support/source-files';

const ROOT = path.join(__dirname, '..');
const COMPILER = path.join(ROOT, 'node_modules/typescript/bin/tsc');

/** A copy of the program's sources, to change and compile. */
class Copy {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'tidemark-new-event-'));

  constructor() {
    for (const file of sourceFiles(path.join(ROOT, 'src'))) {
      const copy = path.join(this.folder, path.relative(ROOT, file));
      mkdirSync(path.dirname(copy), { recursive: true });
      copyFileSync(file, copy);
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(this.folder, 'node_modules'), 'junction');
    const options = { rootDir: '.', types: ['node'] };
    const config = { extends: path.join(ROOT, 'tsconfig.json'), compilerOptions: options, include: ['src'] };
    writeFileSync(path.join(this.folder, 'tsconfig.json'), JSON.stringify(config));
  }

  /** Puts a text behind the one place that has `anchor`. */
  insert(file: string, anchor: string, text: string): void {
    const before = this.read(file).split(anchor);
    expect(before).toHaveLength(2);
    writeFileSync(path.join(this.folder, file), before.join(anchor + text));
  }

  /** The declarations that do not compile, each once: `src/file.ts name`. */
  broken(): string[] {
    const { stdout } = spawnSync(
      process.execPath,
      [COMPILER, '--project', this.folder, '--pretty', 'false'],
      {
        encoding: 'utf8',
        cwd: this.folder,
      },
    );
    const places = [...stdout.matchAll(/^(src\S+)\((\d+),\d+\): error/gm)].map(
      ([, file = '', line]) => `${file} ${this.declarationAt(file, Number(line))}`,
    );
    return [...new Set(places)].sort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  private declarationAt(file: string, line: number): string {
    const above = this.read(file).split('\n').slice(0, line).reverse();
    for (const text of above) {
      const name = /^(?:export )?(?:async )?(?:function|const|class|type|interface) (\w+)/.exec(text)?.[1];
      if (name !== undefined) return name;
    }
    return '';
  }
}

const EVENTS = `
  OrderRepriced: SalesContext & { orderId: string; orderedAt: number; total: number };
  CustomerForgotten: { customerId: string };
  ProductWithdrawn: { productId: string };
`;

const ROLES = `
  OrderRepriced: { stream: 'order', sales: 'reprices', status: 'PLACED', unchanged: false },
  CustomerForgotten: { stream: 'customer', sales: null, status: null, unchanged: false },
  ProductWithdrawn: { stream: 'product', sales: null, status: null, unchanged: false },
`;

// The compiler reads the whole program, twice.
jest.setTimeout(180_000);

const copy = new Copy();
afterAll(() => copy.remove());

/**
 * Whoever adds something is led by the compiler to every place that must know it. A place that is listed here
 * and compiles all the same would forget it in silence. A place that is not listed yet belongs into the list.
 */
describe('the compiler', () => {
  it('asks what a new event is to its readers', () => {
    copy.insert('src/domain/events.ts', 'export interface EventTypes {', EVENTS);
    expect(copy.broken()).toContain('src/domain/event-roles.ts EVENT_ROLES');
  });

  // A place that compiles: end its switch with `unreachable`, or choose its types with domain/event-roles.ts.
  it('names every place that must know a new event, and what lacks a new column', () => {
    copy.insert('src/domain/event-roles.ts', 'const EVENT_ROLES = {', ROLES);
    copy.insert('src/domain/event-roles.ts', "export type SalesRole = 'places'", " | 'reprices'");
    copy.insert(
      'src/lake/datasets/orders.dataset.ts',
      'const columns = [',
      "string(99, 'channel', order.text('channel'), 'new'),",
    );
    copy.insert(
      'src/projections/read-models/orders/tables.ts',
      "name: 'orders',\n  columns: {",
      'channel: text,',
    );
    expect(copy.broken()).toEqual([
      'src/domain/customer/customer-state.ts evolveCustomer',
      'src/domain/order/order-state.ts changed',
      'src/domain/product/product-state.ts evolveProduct',
      'src/lake/datasets/customers.dataset.ts customers',
      'src/lake/datasets/order-lines.dataset.ts columns',
      'src/lake/datasets/order-lines.dataset.ts discount',
      'src/lake/datasets/order-lines.dataset.ts gross',
      'src/lake/datasets/order-lines.dataset.ts order',
      'src/lake/datasets/orders.dataset.ts columns',
      'src/lake/datasets/orders.dataset.ts orderedAt',
      'src/lake/datasets/products.dataset.ts CHANGES',
      'src/lake/datasets/refunds.dataset.ts columns',
      'src/lake/datasets/refunds.dataset.ts shippingBack',
      'src/lake/datasets/refunds.dataset.ts taxBack',
      'src/lake/datasets/return-document.ts RETURN_EVENT_TYPES',
      'src/lake/datasets/returns.dataset.ts amountBack',
      'src/lake/datasets/returns.dataset.ts before',
      'src/lake/datasets/returns.dataset.ts columns',
      'src/projections/read-models/anomalies/anomalies.projection.ts AnomaliesFold',
      'src/projections/read-models/anomalies/anomalies.projection.ts EVENT_TYPES',
      'src/projections/read-models/category-revenue/sales-document.ts orderedAt',
      'src/projections/read-models/category-revenue/sales-document.ts ordersOf',
      'src/projections/read-models/category-revenue/sales-document.ts postedLines',
      'src/projections/read-models/customers/customers.projection.ts evolve',
      'src/projections/read-models/customers/sightings.ts SIGHTING_TYPES',
      'src/projections/read-models/customers/sightings.ts Sightings',
      'src/projections/read-models/orders/order-event-row.ts detailsJson',
      'src/projections/read-models/orders/order-row.ts givenBack',
      'src/projections/read-models/orders/order-statements.ts appendOrders',
      'src/projections/read-models/products/product-names.ts NAMING_DOCUMENTS',
      'src/projections/read-models/products/product-names.ts ProductNames',
      'src/projections/read-models/products/products.projection.ts evolve',
      'src/projections/read-models/rfm/customer-document.ts addLines',
      'src/projections/read-models/rfm/customer-document.ts netSales',
      'src/projections/read-models/rfm/rfm.projection.ts changeMeasures',
      'src/warehouse/verify/rows/customers.rows.ts customerRows',
      'src/warehouse/verify/rows/orders.rows.ts saleOf',
      'src/warehouse/verify/rows/orders.rows.ts statusRow',
      'src/warehouse/verify/rows/products.rows.ts changeColumns',
      'src/warehouse/verify/rows/return-document.ts documentOf',
      'src/warehouse/verify/rows/returns.rows.ts linesOf',
    ]);
  });
});
