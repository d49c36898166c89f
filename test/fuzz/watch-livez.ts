// A thread that asks /livez again and again, so that work of the fuzzer's own thread is not taken for a stall
// of the server.
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const EVERY_MS = 20;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const url = `${workerData as string}/livez`;

/** @returns how long the answer took, in milliseconds */
function ask(): Promise<number> {
  const from = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(performance.now() - from));
    }).on('error', reject);
  });
}

async function watch(): Promise<never> {
  for (;;) {
    const ms = await ask().catch((error: Error) => `${error.message}`);
    parentPort?.postMessage(ms);
    await delay(EVERY_MS);
  }
}

void watch();
