import { UpcastError } from './errors';
import type { Position } from './position';

/** What an upcaster may use beside the data. */
export interface UpcastEnvelope {
  type: string;
  stream: string;
  /** business time, Unix milliseconds */
  occurredAt: number;
}

/** An event that may have to be upcast. Its place in the log goes into the message of a failure. */
export interface OldEvent extends UpcastEnvelope {
  revision: number;
  position: Position;
}

/** The newest shape of an event's data. */
export interface Lifted {
  data: unknown;
  schemaVersion: number;
}

/** Turns the data of one schema version into that of the next. Pure. */
export type Upcaster = (data: unknown, envelope: UpcastEnvelope) => unknown;

/**
 * Lifts old events to the newest shape of their type. Events in the log are never rewritten. Each is lifted,
 * version by version, whenever it is read, so that code above the store knows the newest shapes only.
 */
export class UpcasterRegistry {
  private readonly byType = new Map<string, Map<number, Upcaster>>();

  /**
   * Registers the step from `fromVersion` to the version after it.
   * @throws Error when that step is registered already
   */
  register(type: string, fromVersion: number, upcaster: Upcaster): this {
    const steps = this.byType.get(type) ?? new Map<number, Upcaster>();
    if (steps.has(fromVersion))
      throw new Error(`${type} has an upcaster from version ${fromVersion} already`);
    this.byType.set(type, steps.set(fromVersion, upcaster));
    return this;
  }

  /** true: no event has to be upcast, so readers need not look at versions */
  get isEmpty(): boolean {
    return this.byType.size === 0;
  }

  /** Whether an event of this type and schema version has to be upcast. */
  lifts(type: string, schemaVersion: number): boolean {
    return this.byType.get(type)?.has(schemaVersion) ?? false;
  }

  /**
   * Applies every step from the version of the data on.
   * @returns undefined when the data has the newest shape already
   * @throws UpcastError when a step fails
   */
  upcast(data: unknown, schemaVersion: number, event: OldEvent): Lifted | undefined {
    const steps = this.byType.get(event.type);
    let lifted: Lifted | undefined;
    for (let version = schemaVersion; ; version++) {
      const step = steps?.get(version);
      if (step === undefined) return lifted;
      const before = lifted === undefined ? data : lifted.data;
      lifted = { data: lift(step, before, version, event), schemaVersion: version + 1 };
    }
  }
}

function lift(step: Upcaster, data: unknown, version: number, event: OldEvent): unknown {
  try {
    return step(data, event);
  } catch (error) {
    const { type, stream, revision, position } = event;
    throw new UpcastError(
      `${type} at ${position} (event ${revision} of stream ${stream}) cannot be lifted from schema version ` +
        `${version}: ` +
        (error instanceof Error ? error.message : String(error)),
      { cause: error },
    );
  }
}

/** The upcasters of the domain's events. */
export const upcasters = new UpcasterRegistry();
