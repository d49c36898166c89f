import type { WarehouseColumn } from '../model/table';
import type { ModelTable, Source } from './model';
import { tableName } from './names';
import { powerBiType } from './types';

/** The query in M that fills a table, its lines indented by four spaces. */
export function partitionQuery({ source, columns }: ModelTable): string {
  return source.kind === 'values' ? valuesQuery(source) : tableQuery(source, columns);
}

/**
 * Each query names both sources: Power BI must see what a query reads without running it. A column that only
 * a newer warehouse has is left out.
 */
function tableQuery(
  { kind, of }: Source & { kind: 'table' | 'view' },
  columns: readonly WarehouseColumn[],
): string {
  const item = `[Name = "${tableName(of.name)}", Kind = "${kind === 'table' ? 'Table' : 'View'}"]`;
  const instants = columns.filter(({ type }) => type.kind === 'timestamptz').map(({ name }) => name);
  const chosen = instants.length === 0 ? 'Chosen' : 'InUtc';
  return `let
    Raw =
        if Source = "Parquet" then
            Parquet.Document(File.Contents(Folder & "\\${of.name}.parquet"))
        else
            Snowflake.Databases(Server, Warehouse)
                {[Name = Database, Kind = "Database"]}[Data]
                {[Name = Schema, Kind = "Schema"]}[Data]
                {${item}}[Data],
    Named = Table.TransformColumnNames(Raw, Text.Lower),
    Chosen = Table.SelectColumns(Named, {${columns.map(({ name }) => `"${name}"`).join(', ')}}),
${instants.length === 0 ? '' : inUtc(instants)}    Typed = Table.TransformColumnTypes(
        ${chosen},
        {
${columns.map((column) => `            {"${column.name}", ${powerBiType(column).m}}`).join(',\n')}
        }
    )
in
    Typed`;
}

const inUtc = (columns: readonly string[]): string => `    InUtc = Table.TransformColumns(
        Chosen,
        {${columns.map((name) => `{"${name}", ToUtc, type nullable datetime}`).join(', ')}}
    ),
`;

function valuesQuery({ of, column }: Source & { kind: 'values' }): string {
  const parts = of.map(({ name }) => `Table.SelectColumns(${tableName(name)}, {"${column}"})`);
  return `let
    Every = Table.Combine({${parts.join(', ')}}),
    Different = Table.Distinct(Every)
in
    Different`;
}
