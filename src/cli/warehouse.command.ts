import { Command } from 'commander';
import { exportTables } from './warehouse/export-tables';
import { init } from './warehouse/init';
import { load } from './warehouse/load';
import { query } from './warehouse/query';
import { verify } from './warehouse/verify';
import { interruptible } from './with-runtime';

/** `tidemark warehouse`: the star schema, from the lake into DuckDB or Snowflake. */
export function warehouseCommand(): Command {
  const group = new Command('warehouse').summary('the star schema: init, load, verify, query, export');
  command(group, 'init', 'make its tables and views')
    .description('Makes what is missing of the tables and views. Harmless to repeat.')
    .option('--rebuild', 'make all tables anew, empty; the next load fills them')
    .action((options) => interruptible(() => init(options)));
  command(group, 'load', 'load what is new in the lake')
    .description(
      'Loads the files of the lake that are not in the warehouse yet, all or nothing. Harmless to repeat. ' +
        'dim_date has the holidays of the file HOLIDAYS_PATH. ' +
        'Statements for Snowflake are logged to stderr; on a terminal with LOG_LEVEL=debug only.',
    )
    .option('--json', 'as JSON')
    .action(load);
  command(group, 'verify', 'hold event store, lake and warehouse against each other')
    .description(
      'Compares rows and money of every dataset, day and currency in event store, lake and warehouse, as far as the warehouse is ' +
        'loaded, and dimensions and facts with the staging tables that they are made of.',
    )
    .option(
      '--since <time>',
      'compare only what the event store has recorded since, e.g. 2026-01-31; default: everything',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExits with 1 when they differ.')
    .action(verify);
  command(group, 'query', 'run a query')
    .description('Runs one query and prints what it answers.')
    .argument('<sql>', 'e.g. "select * from category_revenue"')
    .option('--json', 'as JSON')
    .option(
      '--output <file>',
      'write the result to a .csv, .parquet or .json file; of the DuckDB warehouse only',
    )
    .action((sql, options) => interruptible(() => query(sql, options)));
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
