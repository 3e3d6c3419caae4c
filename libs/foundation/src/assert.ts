// Assertions for broken invariants: a failed one is a bug of ours, never an outcome that a caller
// could expect. Bad input and failures of the world have kinds of their own (see errors.ts).

/** Thrown when an invariant of this process does not hold. Nobody catches it but the last line of defence. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** States an invariant. Throws {@link AssertionFailure} when it does not hold. */
export function assert(holds: unknown, invariant: string): asserts holds {
  if (!holds) throw new AssertionFailure(invariant);
}

/** Closes a switch over a union: the compiler refuses it while a case is missing. */
export function exhaustive(value: never): never {
  throw new AssertionFailure(`unhandled case: ${JSON.stringify(value)}`);
}
