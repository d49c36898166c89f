import type { Advance } from './advance';

/** A notification of PostgreSQL has less than 8,000 bytes. */
const MAX_LENGTH = 7_900;
/** Of 60 characters at most each. */
const PARTITIONS_AT_ONCE = 100;

/** Advances as payloads of notifications: as few as they fit into. */
export function toPayloads(advances: readonly Advance[]): string[] {
  const payloads: string[] = [];
  let text = '';
  for (const piece of advances.flatMap(cut)) {
    const json = JSON.stringify(piece);
    if (text !== '' && text.length + json.length + 3 > MAX_LENGTH) {
      payloads.push(`[${text}]`);
      text = '';
    }
    text += text === '' ? json : `,${json}`;
  }
  if (text !== '') payloads.push(`[${text}]`);
  return payloads;
}

function cut(advance: Advance): Advance[] {
  const { partitions } = advance;
  if (partitions === undefined || partitions.length <= PARTITIONS_AT_ONCE) return [advance];
  const pieces: Advance[] = [];
  for (let at = 0; at < partitions.length; at += PARTITIONS_AT_ONCE)
    pieces.push({ ...advance, partitions: partitions.slice(at, at + PARTITIONS_AT_ONCE) });
  return pieces;
}
