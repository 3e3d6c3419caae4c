// What the engine answers when it does not do what it was asked for.

import { ServiceError } from "@penstock/foundation";

/** An answer above 399. Its message is the engine's own. */
export class EngineRefusal extends ServiceError {
  override readonly name = "EngineRefusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message, { code: "ENGINE_REFUSED" });
    this.status = status;
  }
}

/** True when the engine knows no such thing. */
export function isUnknown(thrown: unknown): boolean {
  return thrown instanceof EngineRefusal && thrown.status === 404;
}

/** The engine's message, from the body of its answer. */
export function refusalMessage(status: number, body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === "string") return message.trim();
  } catch {
    // Not the engine: a proxy in front of it.
  }
  return `it answered ${status} ${body.trim()}`.trim();
}
