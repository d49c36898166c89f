import type { RecordedEvent } from '../event-store/event';
import type { Position } from '../event-store/position';
import { partitionOf } from '../kafka/partition-of';
import { type KafkaRecord, toRecord } from '../kafka/record';
import { type EventTopic, topicOf } from '../kafka/topics';

/** A partition that is written to. */
export interface TargetPartition {
  topic: EventTopic;
  /** of the topic, with its prefix */
  name: string;
  partition: number;
  /** it had the log up to here before we began */
  tail: Position;
}

export type Targets<T extends TargetPartition = TargetPartition> = Readonly<Record<EventTopic, readonly T[]>>;

/** What is sent at once: a run of the log, by partition. */
export interface Step<T extends TargetPartition = TargetPartition> {
  /** of the run's last event */
  through: Position;
  /** of the run's last event, Unix milliseconds */
  recordedAt: number;
  records: Map<T, KafkaRecord[]>;
}

export interface StepOptions {
  /** of every CloudEvent */
  source: string;
  epoch: number;
  /** events up to here go one by one */
  carefulUntil: Position;
}

/**
 * A batch of records that a broker takes with its default settings (1,048,588 bytes), with room for the
 * batch's own header.
 */
const PARTITION_BYTES = 1_000_000;
/** One record's share of the frame: lengths, key and headers' names. */
const RECORD_OVERHEAD_BYTES = 120;
const STEP_BYTES = 8 * 1024 * 1024;

/**
 * Cuts a run of the log into steps that a broker takes, leaving out what a partition has already. One step's
 * partitions can be written side by side; the next step may only follow when all of them have been.
 */
export function* cutIntoSteps<T extends TargetPartition>(
  events: readonly RecordedEvent[],
  targets: Targets<T>,
  { source, epoch, carefulUntil }: StepOptions,
): Generator<Step<T>> {
  let step: Step<T> | undefined;
  let bytes = 0;
  let bytesOf = new Map<T, number>();
  for (const event of events) {
    const target = targetOf(event.stream, targets);
    const isWanted = event.position > target.tail;
    const record = isWanted ? toRecord(event, source, epoch) : undefined;
    const size = record ? record.value.length + 2 * event.stream.length + RECORD_OVERHEAD_BYTES : 0;
    const before = bytesOf.get(target) ?? 0;
    const isFull = (before > 0 && before + size > PARTITION_BYTES) || bytes + size > STEP_BYTES;
    const isAlone = step !== undefined && step.records.size > 0 && step.through <= carefulUntil;
    if (step && record && (isFull || isAlone)) {
      yield step;
      step = undefined;
    }
    if (step === undefined) {
      step = { through: event.position, recordedAt: event.recordedAt, records: new Map() };
      bytes = 0;
      bytesOf = new Map();
    }
    step.through = event.position;
    step.recordedAt = event.recordedAt;
    if (!record) continue;
    const records = step.records.get(target);
    if (records) records.push(record);
    else step.records.set(target, [record]);
    bytes += size;
    bytesOf.set(target, (bytesOf.get(target) ?? 0) + size);
  }
  if (step) yield step;
}

function targetOf<T extends TargetPartition>(stream: string, targets: Targets<T>): T {
  const partitions = targets[topicOf(stream)];
  return partitions[partitionOf(stream, partitions.length)] as T;
}
