import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Child } from './child-process';
import { configureBroker, formatBroker, freePorts, startBroker } from './kafka/broker';

export interface OwnKafka {
  /** host:port for clients */
  address: string;
  process: Child;
}

/**
 * Starts the broker whose data is in `folder`. Creates the folder when it is missing.
 * @param port for clients; 0 takes any free one
 * @throws Error when the port is in use; with the end of the broker's log when it does not start
 */
export async function startOwnKafka(jars: string, folder: string, port: number): Promise<OwnKafka> {
  await mkdir(folder, { recursive: true });
  const free = await freePorts();
  const ports = port === 0 ? free : { ...free, client: port };
  await checkPort(ports.client);
  const home = { jars, folder, ports };
  await configureBroker(home);
  // Formatting writes this file last. Without it the folder is half formatted, and has never been used.
  if (!existsSync(join(folder, 'data/meta.properties'))) {
    await rm(join(folder, 'data'), { recursive: true, force: true });
    await formatBroker(home);
  }
  return { address: `127.0.0.1:${ports.client}`, process: await startBroker(home) };
}

async function checkPort(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(
      `Kafka cannot listen on port ${port} (${(error as NodeJS.ErrnoException).code}). ` +
        'Choose another with --kafka-port (0 takes any free one).',
    );
  }
  await once(server.close(), 'close');
}
