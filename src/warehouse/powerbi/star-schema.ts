import type { WarehouseColumn } from '../model/table';
import type { ModelTable } from './model';
import { relationships } from './relationships';
import { country, currency, customer, date, orders, product, returns } from './tables';

const STAR: readonly ModelTable[] = [date, customer, product, currency, country, orders, returns];

/**
 * The star schema as a Mermaid diagram: every table of the star with its columns, and each relationship with
 * the column that it uses.
 */
export function starSchema(): string {
  const names = new Set(STAR.map(({ name }) => name));
  const joins = relationships
    .filter(({ from, to }) => names.has(from.table) && names.has(to.table))
    .map(
      ({ from, to, active }) =>
        `  ${to.table} ||--o{ ${from.table} : "${from.column}${active ? '' : ' (inactive)'}"`,
    );
  return ['erDiagram', ...joins, ...STAR.flatMap(entity)].join('\n');
}

function entity(table: ModelTable): string[] {
  const lines = table.columns.map(
    (column) => `    ${column.type.kind} ${column.name}${keyOf(table, column)}`,
  );
  return [`  ${table.name} {`, ...lines, '  }'];
}

function keyOf({ name, columns, source }: ModelTable, column: WarehouseColumn): string {
  const primary =
    source.kind === 'values' ? columns.map((one) => one.name) : 'key' in source.of ? source.of.key : [];
  const foreign = relationships.some(({ from }) => from.table === name && from.column === column.name);
  const keys = [...(primary.includes(column.name) ? ['PK'] : []), ...(foreign ? ['FK'] : [])];
  return keys.length === 0 ? '' : ` ${keys.join(', ')}`;
}

const PICTURE = /```mermaid\nerDiagram\n[\s\S]*?\n```/;

/**
 * The page with the current diagram in place of the one that it has.
 * @throws Error when it has none
 */
export function withStarSchema(page: string): string {
  if (!PICTURE.test(page)) throw new Error('The page has no Mermaid block with an erDiagram');
  return page.replace(PICTURE, () => `\`\`\`mermaid\n${starSchema()}\n\`\`\``);
}
