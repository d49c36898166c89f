/**
 * Ends a switch over event types that must name every type. The compiler refuses the call while a type is
 * missing, so a new event cannot be forgotten there.
 * @throws Error if it is reached all the same, by a type that the compiler does not know
 */
export function unreachable(event: never): never {
  throw new Error(`No case handles ${(event as { type?: unknown }).type}`);
}
