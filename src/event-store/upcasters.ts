/** What an upcaster may look at beside the data. */
export interface UpcastEnvelope {
  type: string;
  stream: string;
  /** business time, Unix milliseconds */
  occurredAt: number;
}

/** Turns the data of one schema version into that of the next. Pure. */
export type Upcaster = (data: unknown, envelope: UpcastEnvelope) => unknown;

/**
 * Old events in their newest shape. Events in the log are never rewritten: each is lifted, version by version, whenever it
 * is read, so that everything above the store knows the newest shape only.
 */
export class UpcasterRegistry {
  readonly #byType = new Map<string, Map<number, Upcaster>>();

  /**
   * Registers the step from `fromVersion` to the version after it.
   * @throws Error when that step is registered already
   */
  register(type: string, fromVersion: number, upcaster: Upcaster): this {
    const steps = this.#byType.get(type) ?? new Map<number, Upcaster>();
    if (steps.has(fromVersion))
      throw new Error(`${type} has an upcaster from version ${fromVersion} already`);
    this.#byType.set(type, steps.set(fromVersion, upcaster));
    return this;
  }

  /** true when no event needs its version looked at */
  get isEmpty(): boolean {
    return this.#byType.size === 0;
  }

  /** The data in its newest shape: every step from its own version on, until there is none. */
  upcast(data: unknown, schemaVersion: number, envelope: UpcastEnvelope): unknown {
    const steps = this.#byType.get(envelope.type);
    if (steps === undefined) return data;
    let current = data;
    for (let version = schemaVersion; ; version++) {
      const step = steps.get(version);
      if (step === undefined) return current;
      current = step(current, envelope);
    }
  }
}

/** The upcasters of the domain's events. */
export const upcasters = new UpcasterRegistry();
