import { Command } from 'commander';
import { describe } from './warehouse/describe';
import { exportTables } from './warehouse/export-tables';
import { init } from './warehouse/init';
import { load } from './warehouse/load';
import { FORMATS } from './warehouse/print-rows';
import { query } from './warehouse/query';
import { verify } from './warehouse/verify';
import { interruptible } from './with-runtime';

/** `tidemark warehouse`: the star schema, from the lake into DuckDB or Snowflake. */
export function warehouseCommand(): Command {
  const group = new Command('warehouse').summary(
    'the star schema: init, load, verify, query, describe, export',
  );
  command(group, 'init', 'make its tables and views')
    .description('Makes what is missing of the tables and views. Harmless to repeat.')
    .option('--rebuild', 'make all tables anew, empty; the next load fills them')
    .option('--json', 'as JSON')
    .action((options) => interruptible(() => init(options)));
  command(group, 'load', 'load what is new in the lake')
    .description(
      'Loads the files of the lake that are not in the warehouse yet, all or nothing. Harmless to repeat. ' +
        'dim_date has the holidays of the file HOLIDAYS_PATH. ' +
        'Statements for Snowflake are logged to stderr; on a terminal with LOG_LEVEL=debug only.',
    )
    .option('--wait', 'first wait until the lake has what the log has now')
    .option('--json', 'as JSON')
    .action(load);
  command(group, 'verify', 'hold event store, lake and warehouse against each other')
    .description(
      'Compares rows and money of every dataset, day and currency in event store, lake and warehouse, ' +
        'as far as the warehouse is loaded, and dimensions and facts with the staging tables that they ' +
        'are made of.',
    )
    .option(
      '--since <time>',
      'compare only what the event store has recorded since, e.g. 2026-01-31; default: everything',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExits with 1 when they differ.')
    .action(verify);
  command(group, 'query', 'run a query')
    .description(
      'Runs one query and prints what it answers. Amounts have the decimals of their currency: ' +
        'that of column `currency` of the row, else the reporting currency. A terminal gets the first ' +
        'thousand rows of a table, a pipe all; JSON and files have values as they are stored.',
    )
    .argument('[sql]', 'e.g. "select * from category_revenue"; - or nothing: from standard input')
    .option('-f, --file <file>', 'read the query from a file')
    .option('--format <name>', `${FORMATS.join(', ')}; default: table`)
    .option('--json', 'as --format json')
    .option(
      '--output <file>',
      'write the result to a .csv, .parquet or .json file; of the DuckDB warehouse only',
    )
    .option(
      '--spreadsheet-safe',
      'of a CSV: texts that begin with = + - @ or a tab get an apostrophe in front, ' +
        'so that no spreadsheet runs them',
    )
    .action((sql, options) => interruptible(() => query(sql, options)));
  command(group, 'describe', 'list tables, columns, types and what they mean')
    .description(
      'Lists the tables and views, or the columns of one of them, as the warehouse itself describes them.',
    )
    .argument('[table]', 'a table or view; default: all of them')
    .option('--json', 'as JSON')
    .action((table, options) => interruptible(() => describe(table, options)));
  command(group, 'export', 'write the star schema and every view to Parquet files')
    .description(
      'Writes the star schema and every view of the DuckDB warehouse to Parquet files, as of one load.',
    )
    .requiredOption('--parquet <folder>', 'a file for each; made where it is missing')
    .option('--json', 'as JSON')
    .action((options) => interruptible(() => exportTables(options)));
  return group;
}

const command = (group: Command, name: string, summary: string): Command =>
  group
    .command(name)
    .summary(summary)
    .option('--target <name>', 'duckdb or snowflake; default: snowflake where SNOWFLAKE_ACCOUNT is set');
