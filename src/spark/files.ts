import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventDatasets } from '../lake/datasets/catalogue';
import type { Dataset } from '../lake/datasets/dataset';
import {
  oddQuery,
  parsedQuery,
  refusedQuery,
  rowsQuery,
  suspectsQuery,
} from '../lake/datasets/sql/spark-window';
import { readsJson } from '../lake/datasets/sql/table';
import { SALES_DAYS } from '../warehouse/model/date.dimension';
import { dockerfile, manifest } from './manifest';
import { starQueries } from './star-sql';

/** The part of the job that is the same whatever the datasets are. */
const JOB = join(__dirname, 'job');

/** The files of the job, by path: what `tidemark export spark FOLDER` writes and deploy/spark holds. */
export function sparkFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(JOB, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.endsWith('__pycache__')) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(JOB.length + 1), readFileSync(path, 'utf8'));
  }
  files.set('tidemark/datasets.py', datasetsModule());
  files.set('tidemark/star_sql.py', starModule());
  files.set('Dockerfile', dockerfile());
  files.set('spark-application.yaml', manifest());
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function datasetsModule(): string {
  return `"""The datasets of the lake in Spark SQL. Made by \`tidemark export spark FOLDER\`: do not edit.

Settings of the store are named parameters of the statements.
"""

# The view \`parsed\`: the JSON of events, read once.
PARSED = ${sql(parsedQuery(eventDatasets))}

# The view \`odd\`: the JSON of events of which something may be wrong.
ODD = ${sql(oddQuery())}

DATASETS = [
${eventDatasets.map(entryOf).join('\n')}
]
`;
}

/** Its name, its event types (None: all), and its queries. */
function entryOf(dataset: Dataset): string {
  const { name, eventTypes } = dataset;
  const types = eventTypes ? `{${eventTypes.map((type) => `"${type}"`).join(', ')}}` : 'None';
  return `    {
        "name": "${name}",
        "types": ${types},
        "reads_json": ${readsJson(dataset) ? 'True' : 'False'},
        "rows": ${sql(rowsQuery(dataset))},
        "suspects": ${sql(suspectsQuery(dataset))},
        "refused": ${sql(refusedQuery(dataset))},
    },`;
}

function starModule(): string {
  const entries = starQueries().map(
    ({ name, ids, rows }) => `    {
        "name": "${name}",
        "ids_name": "${ids.name}",
        "ids": ${sql(ids.sql)},
        "rows": ${sql(rows)},
    },`,
  );
  return `"""Dimensions and facts in Spark SQL. Made by \`tidemark export spark FOLDER\`: do not edit."""

# The days of sales, cancellations, returns and refunds.
DATE_KEYS = ${sql(SALES_DAYS)}

STAR = [
${entries.join('\n')}
]
`;
}

const sql = (text: string): string => `r"""\n${text}\n"""`;
