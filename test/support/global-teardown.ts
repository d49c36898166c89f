type Clean = () => Promise<void>;

const state = globalThis as typeof globalThis & { tidemarkTestCleanup?: Clean };

/** Jest loads set-up and teardown as modules of their own; what they share is the global object. */
export function keepForTeardown(clean: Clean): void {
  state.tidemarkTestCleanup = clean;
}

export default async function globalTeardown(): Promise<void> {
  await state.tidemarkTestCleanup?.();
}
