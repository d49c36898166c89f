import type { EventMetadata, RecordedEvent } from '../event';
import { StoredEvent } from '../stored-event';
import type { Lifted, UpcasterRegistry } from '../upcasters';
import { toPosition } from './position';

/**
 * A run of events as one row, a column in one piece each, as tidemark.read_log and tidemark.read_streams make
 * them.
 */
export interface EventColumns {
  /** null: the last one is known and none is missing */
  positions: string | null;
  streams: string;
  revisions: string;
  /** null: not read */
  ids: string | null;
  types: string;
  /** microseconds since 2000, 64 bits each, in hexadecimal */
  occurred: string;
  recorded: string;
  /** one JSON array, of which each value may be on a line of its own: `TEXT_SEPARATOR` */
  data: string;
  /** null: not read */
  metadata: string | null;
  schema_versions: string | null;
}

/** What is between the values of `data` where their texts can be told apart: JSON is stored on one line. */
const TEXT_SEPARATOR = ',\n';

const EPOCH_2000_MS = 946_684_800_000;
/** 2^32 microseconds in milliseconds */
const HIGH_WORD_MS = 4_294_967.296;

function times(hex: string): Float64Array {
  const bytes = Buffer.from(hex, 'hex');
  const times = new Float64Array(bytes.length / 8);
  for (let i = 0; i < times.length; i++) {
    const high = bytes.readInt32BE(i * 8);
    const low = bytes.readUInt32BE(i * 8 + 4);
    times[i] = Math.round(EPOCH_2000_MS + high * HIGH_WORD_MS + low / 1000);
  }
  return times;
}

const typeNames = new Map<string, string>();

/** One string for each type, and such a one that it is compared by its address: names of properties are. */
function interned(type: string): string {
  let name = typeNames.get(type);
  if (name === undefined) {
    name = Object.keys({ [type]: true })[0] as string;
    typeNames.set(name, name);
  }
  return name;
}

/** @param last the last event's position, needed where `columns` has none */
export function decodeEvents(columns: EventColumns, upcasters: UpcasterRegistry, last = 0): RecordedEvent[] {
  const positions = columns.positions?.split('\n') ?? null;
  const streams = columns.streams.split('\n');
  const revisions = columns.revisions.split('\n');
  const ids = columns.ids?.split('\n') ?? null;
  const types = columns.types.split('\n');
  const occurred = times(columns.occurred);
  const recorded = times(columns.recorded);
  const data = JSON.parse(columns.data) as unknown[];
  const metadata = columns.metadata?.split('\n') ?? null;
  const texts = metadata === null ? null : textsOf(columns.data, streams.length);
  const schemaVersions = columns.schema_versions?.split('\n') ?? null;
  const first = last - streams.length + 1;
  const events = new Array<StoredEvent>(streams.length);
  for (let i = 0; i < streams.length; i++) {
    const type = interned(types[i] as string);
    const stream = streams[i] as string;
    const occurredAt = occurred[i] as number;
    const revision = Number(revisions[i]);
    const position = toPosition(positions?.[i] ?? String(first + i));
    const lifted =
      schemaVersions === null
        ? undefined
        : upcasters.upcast(data[i], Number(schemaVersions[i]), {
            type,
            stream,
            revision,
            position,
            occurredAt,
          });
    events[i] = new StoredEvent({
      id: ids?.[i] ?? null,
      type,
      stream,
      revision,
      position,
      occurredAt,
      recordedAt: recorded[i] as number,
      data: lifted === undefined ? data[i] : lifted.data,
      dataJson: lifted === undefined ? (texts?.[i] ?? null) : null,
      metadata: metadataOf(metadata?.[i], lifted),
    });
  }
  // The log holds the domain's events alone, in the shapes that events.ts declares.
  return events as RecordedEvent[];
}

/** The version is that of the data, also where the data was lifted to it. */
function metadataOf(json: string | undefined, lifted: Lifted | undefined): string | EventMetadata | null {
  if (json === undefined) return null;
  return lifted === undefined ? json : { ...JSON.parse(json), schemaVersion: lifted.schemaVersion };
}

/** The JSON of each value of an array; null where they cannot be told apart. */
function textsOf(array: string, count: number): string[] | null {
  const texts = array.slice(1, -1).split(TEXT_SEPARATOR);
  return texts.length === count ? texts : null;
}
