import { Command } from 'commander';
import { adopt } from './export/adopt';
import { compact } from './export/compact';
import { expire } from './export/expire';
import { handover } from './export/handover';
import { redrive } from './export/redrive';
import { rollback } from './export/rollback';
import { run } from './export/run';
import { snapshots } from './export/snapshots';
import { spark } from './export/spark';
import { status } from './export/status';
import { verify } from './export/verify';

/** `tidemark export`: the lake, its tables, and what keeps them in order. */
export function exportCommand(): Command {
  const group = new Command('export').summary('the lake: export, status, snapshots, compaction');
  group
    .command('run')
    .summary('export what the log has now, then end')
    .description(
      'Takes every event that is not in the lake yet there, and ends. `tidemark start` does the same all ' +
        'the time; while it runs, this command says so and fails.',
    )
    .option('--wait', 'wait until the other exporter ends')
    .option('--json', 'as JSON')
    .action(run);
  group
    .command('status')
    .summary('position, lag, rows, files and snapshot of every dataset')
    .description('Tells how far every dataset is, and what its table holds. Changes nothing.')
    .option('--json', 'as JSON')
    .action(status);
  withDataset(group, 'snapshots', 'list the snapshots of a dataset')
    .description('Lists the snapshots of a dataset, the newest first.')
    .option('--json', 'as JSON')
    .action(snapshots);
  withDataset(group, 'rollback', 'make an older snapshot of a dataset the current one')
    .description(
      'Makes an older snapshot the current one, as after another program has spoilt the table. ' +
        'What the log says since then is exported again: by `tidemark start` within its next ten seconds, ' +
        'or by the next `tidemark export run`. The exporter keeps the last 500 snapshots of each table; ' +
        'LAKE_KEEP_SNAPSHOTS says otherwise.',
    )
    .option('--snapshot <id>', 'which; see `tidemark export snapshots DATASET`')
    .option(
      '--to-empty',
      'take every row out, so that all of the log is exported again, as after files were damaged',
    )
    .option('--json', 'as JSON')
    .action(rollback);
  withDatasets(group, 'verify', 'hold every data file against its checksum')
    .description(
      'Reads every live data file of the tables and holds it against the checksum with which it was ' +
        'written. Names each that is damaged or gone, and how it is mended. Changes nothing.',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExits with 1 when there are any.')
    .action(verify);
  withDatasets(group, 'compact', 'make few large files of many small ones')
    .description(
      'Makes few large files of many small ones, partition by partition. Rows stay as they are, ' +
        'and readers are not in the way.',
    )
    .option('--target-mb <n>', 'size of a file', '128')
    .option('--json', 'as JSON')
    .action(compact);
  withDatasets(group, 'expire', 'forget old snapshots and delete the files that only they have')
    .description(
      'Forgets old snapshots and deletes the files that only they have, and files that no commit has ' +
        'taken for a day. A snapshot goes when it is older than --older-than and not among the last ' +
        '--keep. Whatever these say, the exporter keeps no more than LAKE_KEEP_SNAPSHOTS of each table ' +
        '(default 500).',
    )
    .option('--keep <n>', 'snapshots to keep at least', '10')
    .option('--older-than <days|time>', 'forget those committed before: days ago, or a time', '7')
    .option('--json', 'as JSON')
    .action(expire);
  group
    .command('redrive')
    .summary('try events again that a dataset had refused')
    .description(
      'Tries the events of dataset bad_rows again, as after the program was mended. ' +
        'Those that fit now are taken to their datasets, once. `tidemark start` may run meanwhile.',
    )
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nShows the first thousand that are refused still, and exits with 3 when there are any.',
    )
    .action(redrive);
  group
    .command('handover')
    .summary('let Spark write the lake from here on')
    .description(
      'Ends the exporter’s part of the log behind its last cut, and tells each table so. Spark’s job goes ' +
        'on from there (docs/spark.md). No exporter may work: give `tidemark start` TIDEMARK_ROLES without ' +
        'exporter, or stop it.',
    )
    .option('--json', 'as JSON')
    .action(handover);
  group
    .command('spark')
    .summary('write the job that lets Spark write the lake')
    .description(
      'Writes the PySpark job, its image and its Kubernetes manifest to a folder, made from the datasets ' +
        'of this version. Needs no database. What another version of the job wrote there is replaced.',
    )
    .argument('<folder>', 'where; it is made')
    .option('--json', 'as JSON')
    .action(spark);
  group
    .command('adopt')
    .summary('take the lake back from Spark')
    .description(
      'Records what Spark took to the lake as cuts, and lets the exporter go on behind them. Before this, ' +
        'Spark’s job is stopped and `lake.py finish` brings all tables to one position.',
    )
    .option('--json', 'as JSON')
    .action(adopt);
  return group;
}

const withDataset = (group: Command, name: string, summary: string): Command =>
  group.command(name).summary(summary).argument('<dataset>', 'such as order_lines');

const withDatasets = (group: Command, name: string, summary: string): Command =>
  group.command(name).summary(summary).argument('[datasets...]', 'default: all');
