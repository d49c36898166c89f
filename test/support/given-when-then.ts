import type { Evolve, Occurred } from '../../src/domain/decider';
import type { Failure, Result } from '../../src/domain/failures';

/** The time that specs of deciders call now, Unix milliseconds. */
export const NOW = Date.UTC(2024, 5, 15, 12);

type Decide<C, S, F> = (command: C, state: S | undefined, facts: F) => Result<Occurred[]>;

/**
 * Specs of deciders: given these events, when this is asked for, then these events follow, or this refusal.
 */
export function given<S>(evolve: Evolve<S>, ...history: Occurred[]) {
  const state = history.reduce(evolve, undefined as S | undefined);
  return {
    state,
    when<C, F extends object>(
      decide: Decide<C, S, { now: number; reportingCurrency: string }>,
      command: C,
      facts?: F,
    ) {
      const result = decide(command, state, { now: NOW, reportingCurrency: 'EUR', ...facts });
      return {
        result,
        thenEvents(...expected: Occurred[]): void {
          expect(result).toEqual({ ok: true, value: expected });
        },
        thenRefused(code: Failure['code'], path: string[], more: object = {}): void {
          expect(result).toEqual({ ok: false, failure: expect.objectContaining({ code, path, ...more }) });
        },
      };
    },
  };
}

/** The events of an accepted decision. */
export function eventsOf(result: Result<Occurred[]>): Occurred[] {
  if (!result.ok) throw new Error(`Refused: ${result.failure.message}`);
  return result.value;
}
