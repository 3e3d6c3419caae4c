// Failures of the world: each has a stable code, typed facts and the failure that caused it. Callers
// branch on the code, never on the message; the message is for the person who has to act.

/** What a {@link ServiceError} carries besides its message. */
export interface ServiceErrorFacts {
  /** Stable, upper case with underscores, prefixed by the part that failed: `NATS_SERVER_TOO_OLD`. */
  readonly code: string;
  /** What the person who reads it can do about it. One sentence. */
  readonly remedy?: string;
  /** The failure below, kept whole. */
  readonly cause?: unknown;
}

/** A failure outside this process: a port in use, a server that does not answer, a file that is gone. */
export class ServiceError extends Error {
  override readonly name: string = "ServiceError";
  readonly code: string;
  readonly remedy: string | undefined;

  constructor(message: string, facts: ServiceErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.remedy = facts.remedy;
  }
}

/** The text of whatever was thrown, for a message that names its cause. */
export function describeError(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
