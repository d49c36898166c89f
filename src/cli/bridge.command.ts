import { Command } from 'commander';
import type { BridgeStatus } from '../bridge/status';
import { CliError, ExitCode } from './errors';
import { printJson, printTable } from './output';
import { withRuntime } from './with-runtime';

/** `tidemark bridge`: how far the event log is in Kafka. */
export function bridgeCommand(): Command {
  const group = new Command('bridge').summary('how far the event log is in Kafka');
  group
    .command('status')
    .summary('position and lag of every partition, and which process is at work')
    .description(
      'Reads from the topics how far each partition has the event log, and from the database which ' +
        'process carries it there.',
    )
    .option('--json', 'as JSON')
    .action(status);
  return group;
}

async function status({ json }: { json?: boolean }): Promise<void> {
  const { bridgeStatus } = await import('../bridge/status.js');
  const found = await withRuntime('bridge status', async (runtime) => {
    const { kafka } = runtime.config;
    if (!kafka) throw new CliError('There is no Kafka: give KAFKA_BROKERS.', ExitCode.usage);
    return bridgeStatus(runtime, kafka);
  });
  if (json) return printJson(found);
  const { holder, epoch, state, reason, head, partitions } = found;
  process.stdout.write(`Bridge: ${holder ? `${holder}, ${state}` : 'none is running'}, epoch ${epoch}\n`);
  if (reason) process.stdout.write(`Reason: ${reason}\n`);
  process.stdout.write(`Store:  ${head ? `${head.position}, ${head.recordedAt}` : 'no events yet'}\n\n`);
  if (partitions.length === 0) process.stdout.write('There are no topics yet: run `tidemark start`.\n');
  else printTable(partitions.map(toRow));
}

const toRow = ({ position, lagSeconds, ...rest }: BridgeStatus['partitions'][number]) => ({
  ...rest,
  position: position || '-',
  lagSeconds: lagSeconds.toFixed(1),
});
