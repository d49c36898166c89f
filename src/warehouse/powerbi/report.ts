import { measures } from './measures';
import type { ModelTable } from './model';
import { caption } from './names';
import { stableId } from './semantic-model';
import { country, currency, date, outliers, product, repeaters, scores } from './tables';

const SCHEMAS = 'https://developer.microsoft.com/json-schemas/fabric/item/report';

interface Field {
  entity: string;
  property: string;
  kind: 'Column' | 'Measure';
}

interface Visual {
  name: string;
  type: 'card' | 'slicer' | 'lineChart' | 'clusteredBarChart' | 'tableEx';
  title: string;
  /** pixels: left, top, width, height */
  at: readonly [number, number, number, number];
  /** the fields of each well of the visual */
  wells: Readonly<Record<string, readonly Field[]>>;
}

interface Page {
  name: string;
  title: string;
  visuals: readonly Visual[];
}

const WIDTH = 1280;
const HEIGHT = 720;

/** @throws Error when there is no such measure */
function measure(name: string): Field {
  const found = measures.find((one) => one.name === name);
  if (!found) throw new Error(`There is no measure ${name}`);
  return { entity: found.table, property: name, kind: 'Measure' };
}

/** @throws Error when the table has no such column */
function column(table: ModelTable, name: string): Field {
  if (!table.columns.some((one) => one.name === name)) throw new Error(`${table.name} has no column ${name}`);
  return { entity: table.name, property: caption(name), kind: 'Column' };
}

const card = (name: string, index: number): Visual => ({
  name: `card${index}`,
  type: 'card',
  title: name,
  at: [20 + index * 208, 110, 200, 100],
  wells: { Values: [measure(name)] },
});

const slicer = (name: string, title: string, field: Field, left: number): Visual => ({
  name,
  type: 'slicer',
  title,
  at: [left, 20, 240, 80],
  wells: { Values: [field] },
});

const bars = (name: string, title: string, at: Visual['at'], by: Field, of: Field): Visual => ({
  name,
  type: 'clusteredBarChart',
  title,
  at,
  wells: { Category: [by], Y: [of] },
});

const pages: readonly Page[] = [
  {
    name: 'sales',
    title: 'Sales',
    visuals: [
      slicer('year', 'Year', column(date, 'year'), 20),
      slicer('country', 'Country', column(country, 'country'), 270),
      slicer('currency', 'Currency', column(currency, 'currency'), 520),
      ...['Net', 'Orders', 'AOV', 'Return rate', 'Cancellation rate', 'Net YoY %'].map(card),
      {
        name: 'months',
        type: 'lineChart',
        title: 'Net by month, and the year before',
        at: [20, 220, 780, 480],
        wells: { Category: [column(date, 'month_start')], Y: [measure('Net'), measure('Net PY')] },
      },
      bars(
        'categories',
        'Net by category',
        [810, 220, 450, 480],
        column(product, 'category'),
        measure('Net'),
      ),
    ],
  },
  {
    name: 'customers',
    title: 'Customers',
    visuals: [
      slicer('tier', 'Tier', column(scores, 'tier'), 20),
      ...['Customers', 'New customers', 'Repeat customers', 'Repeat rate'].map(card),
      bars(
        'segments',
        'Customers by segment',
        [20, 220, 610, 480],
        column(scores, 'segment'),
        measure('Customers'),
      ),
      {
        name: 'repeaters',
        type: 'tableEx',
        title: 'Customers who came back',
        at: [640, 220, 620, 230],
        wells: {
          Values: ['name', 'orders', 'last_order_at', 'net_reporting'].map((name) => column(repeaters, name)),
        },
      },
      {
        name: 'outliers',
        type: 'tableEx',
        title: 'Unusual orders',
        at: [640, 460, 620, 240],
        wells: {
          Values: ['order_id', 'currency', 'amount', 'z_score'].map((name) => column(outliers, name)),
        },
      },
    ],
  },
];

/** The files of the folder `definition` of the report, by their path in it. */
export function report(): Record<string, string> {
  const files: [string, object][] = [
    [
      'version.json',
      { $schema: `${SCHEMAS}/definition/versionMetadata/1.0.0/schema.json`, version: '2.0.0' },
    ],
    ['report.json', { $schema: `${SCHEMAS}/definition/report/3.0.0/schema.json`, themeCollection: {} }],
    [
      'pages/pages.json',
      {
        $schema: `${SCHEMAS}/definition/pagesMetadata/1.0.0/schema.json`,
        pageOrder: pages.map(({ name }) => name),
        activePageName: pages[0]?.name,
      },
    ],
    ...pages.flatMap((page) => pageFiles(page)),
  ];
  return Object.fromEntries(files.map(([path, content]) => [path, json(content)]));
}

/** Formatted as Power BI Desktop writes it. */
export const json = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;

function pageFiles({ name, title, visuals }: Page): [string, object][] {
  return [
    [
      `pages/${name}/page.json`,
      {
        $schema: `${SCHEMAS}/definition/page/2.0.0/schema.json`,
        name,
        displayName: title,
        displayOption: 'FitToPage',
        height: HEIGHT,
        width: WIDTH,
      },
    ],
    ...visuals.map((visual, index): [string, object] => {
      const id = stableId(`visual ${name} ${visual.name}`).replaceAll('-', '').slice(0, 20);
      return [`pages/${name}/visuals/${id}/visual.json`, visualFile(id, visual, index)];
    }),
  ];
}

function visualFile(id: string, { type, title, at, wells }: Visual, index: number): object {
  const [x, y, width, height] = at;
  const text = (value: string) => ({ expr: { Literal: { Value: value } } });
  return {
    $schema: `${SCHEMAS}/definition/visualContainer/2.0.0/schema.json`,
    name: id,
    position: { x, y, z: index, height, width, tabOrder: index },
    visual: {
      visualType: type,
      query: {
        queryState: Object.fromEntries(
          Object.entries(wells).map(([well, fields]) => [well, { projections: fields.map(projection) }]),
        ),
      },
      visualContainerObjects: {
        title: [{ properties: { show: text('true'), text: text(`'${title.replaceAll("'", "''")}'`) } }],
      },
      drillFilterOtherVisuals: true,
    },
  };
}

const projection = ({ entity, property, kind }: Field): object => ({
  field: { [kind]: { Expression: { SourceRef: { Entity: entity } }, Property: property } },
  queryRef: `${entity}.${property}`,
  nativeQueryRef: property,
});
