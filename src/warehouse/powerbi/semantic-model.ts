import { createHash } from 'node:crypto';
import type { WarehouseColumn } from '../model/table';
import { measures } from './measures';
import type { Measure, ModelTable, Relationship } from './model';
import { caption } from './names';
import { expressions } from './parameters';
import { partitionQuery } from './partition';
import { relationships } from './relationships';
import { modelTables } from './tables';
import { type TmdlObject, tmdlFile, tmdlName } from './tmdl';
import { powerBiType } from './types';

/** The files of the folder `definition` of the semantic model, by their path in it. */
export function semanticModel(): Record<string, string> {
  return {
    'database.tmdl': tmdlFile([
      { kind: 'database', name: 'Tidemark', properties: { compatibilityLevel: '1600' } },
    ]),
    'model.tmdl': tmdlFile([
      {
        kind: 'model',
        name: 'Model',
        properties: {
          culture: 'en-US',
          // Power BI's default collation would merge ids that differ by case only.
          collation: 'Latin1_General_100_BIN2_UTF8',
          defaultPowerBIDataSourceVersion: 'powerBI_V3',
          sourceQueryCulture: 'en-US',
        },
      },
      // Keeps Power BI from making date tables of its own: there is DIM_DATE.
      annotation('__PBI_TimeIntelligenceEnabled', '0'),
      ...modelTables.map(({ name }) => ({ kind: 'ref table', name })),
    ]),
    'expressions.tmdl': tmdlFile(
      expressions.map(({ name, doc, m, resultType }) => ({
        kind: 'expression',
        name,
        doc,
        value: m,
        properties: { lineageTag: stableId(`expression ${name}`) },
        children: [annotation('PBI_ResultType', resultType)],
      })),
    ),
    'relationships.tmdl': tmdlFile(relationships.map(relationship)),
    ...Object.fromEntries(
      modelTables.map((table) => [`tables/${table.name}.tmdl`, tmdlFile([tableObject(table)])]),
    ),
  };
}

/**
 * The same name always gets the same id. So reports find what was renamed, and a diff shows only what
 * changed.
 */
export function stableId(name: string): string {
  const hash = createHash('sha256').update(`tidemark ${name}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `5${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

const annotation = (name: string, value: string): TmdlObject => ({ kind: 'annotation', name, value });

function tableObject(table: ModelTable): TmdlObject {
  const own = measures.filter((measure) => measure.table === table.name);
  return {
    kind: 'table',
    name: table.name,
    doc: table.doc,
    properties: {
      lineageTag: stableId(`table ${table.name}`),
      dataCategory: table.isDateTable ? 'Time' : undefined,
    },
    children: [
      ...own.map(measureObject),
      ...table.columns.map((column) => columnObject(table, column)),
      ...(table.hierarchies ?? []).map(({ name, levels }) => ({
        kind: 'hierarchy',
        name,
        properties: { lineageTag: stableId(`hierarchy ${table.name} ${name}`) },
        children: levels.map((level) => ({
          kind: 'level',
          name: caption(level),
          properties: {
            lineageTag: stableId(`level ${table.name} ${name} ${level}`),
            column: tmdlName(caption(level)),
          },
        })),
      })),
      {
        kind: 'partition',
        name: table.name,
        value: 'm',
        properties: { mode: 'import' },
        source: partitionQuery(table),
      },
      annotation('PBI_ResultType', 'Table'),
    ],
  };
}

const measureObject = ({ name, doc, dax, format, folder }: Measure): TmdlObject => ({
  kind: 'measure',
  name,
  doc,
  value: dax,
  properties: { formatString: format, displayFolder: folder, lineageTag: stableId(`measure ${name}`) },
});

function columnObject(table: ModelTable, column: WarehouseColumn): TmdlObject {
  const { dataType, format } = powerBiType(column);
  const sortBy = table.sortBy?.[column.name];
  return {
    kind: 'column',
    name: caption(column.name),
    doc: sentence(column.doc),
    properties: {
      dataType,
      isKey: table.key === column.name || undefined,
      isHidden: isTechnical(column.name) || undefined,
      formatString: format,
      displayFolder: folderOf(column),
      lineageTag: stableId(`column ${table.name} ${column.name}`),
      summarizeBy: table.additive?.includes(column.name) ? 'sum' : 'none',
      sourceColumn: column.name,
      sortByColumn: sortBy === undefined ? undefined : tmdlName(caption(sortBy)),
    },
    children: [
      annotation('SummarizationSetBy', 'User'),
      ...(column.type.kind === 'date' ? [annotation('UnderlyingDateTimeDataType', 'Date')] : []),
    ],
  };
}

/** Keys are for relationships only. */
const isTechnical = (column: string): boolean => /_key$|^position$/.test(column);

const FOLDERS: readonly [RegExp, string][] = [
  [/^(valid_|is_current$)/, 'Validity'],
  [/^week/, 'Week'],
  [/holiday/, 'Holidays'],
  [/(_reporting|^exchange_rate)$/, 'Reporting currency'],
  [/_amount$|^unit_price$/, 'Amounts'],
  [/price/, 'Prices'],
  [/_at$/, 'Times'],
  [/_score$/, 'Scores'],
];

function folderOf({ name }: WarehouseColumn): string | undefined {
  if (isTechnical(name)) return undefined;
  return FOLDERS.find(([pattern]) => pattern.test(name))?.[1];
}

const sentence = (doc: string): string =>
  `${doc[0]?.toUpperCase()}${doc.slice(1)}${/[.]$/.test(doc) ? '' : '.'}`;

const relationship = ({ from, to, active }: Relationship): TmdlObject => ({
  kind: 'relationship',
  name: stableId(`relationship ${from.table}.${from.column} ${to.table}.${to.column}`),
  properties: {
    isActive: active ? undefined : 'false',
    fromColumn: `${tmdlName(from.table)}.${tmdlName(caption(from.column))}`,
    toColumn: `${tmdlName(to.table)}.${tmdlName(caption(to.column))}`,
  },
});
