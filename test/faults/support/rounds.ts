import { appendFileSync } from 'node:fs';

/** How many times each fault is made. */
export const ROUNDS = Number(process.env.TIDEMARK_FAULT_ROUNDS ?? 2);

/** Time that one round may take. */
export const ROUND_TIMEOUT_MS = 300_000;

/** The rounds. Every second one also kills the database. */
export const rounds = Array.from({ length: ROUNDS }, (_, index) => ({
  round: index + 1,
  database: index % 2 === 1,
  victims: index % 2 === 1 ? 'the program and its database' : 'the program',
}));

/** The rounds of a fault that takes long to recover from: one, unless TIDEMARK_FAULT_ROUNDS is set. */
export const slowRounds = process.env.TIDEMARK_FAULT_ROUNDS ? rounds : rounds.slice(0, 1);

/**
 * Random points within a run.
 * @returns whole numbers from 1 to below `end`, ascending
 */
export function randomPoints(count: number, end: number): number[] {
  return Array.from({ length: count }, () => 1 + Math.floor(Math.random() * (end - 1))).sort((a, b) => a - b);
}

export interface FaultResult {
  fault: string;
  lost: number;
  doubled: number;
}

/** Reports a round; `npm run test:faults` makes a table of the reports. */
export function tell(result: FaultResult): void {
  const file = process.env.TIDEMARK_FAULT_REPORT;
  if (file) appendFileSync(file, `${JSON.stringify(result)}\n`);
}
