// The failures that this part raises. Each names what was tried and what the reader can do.

import { ServiceError } from "@penstock/foundation";
import type { Attempt } from "./place.ts";
import { minimumVersion } from "./version.ts";

/** No place has a nats-server that is new enough. */
export class NatsServerNotFound extends ServiceError {
  override readonly name = "NatsServerNotFound";
  /** The places in the order in which they were asked. */
  readonly attempts: readonly Attempt[];

  constructor(attempts: readonly Attempt[]) {
    const places = attempts.map(({ source, reason }) => `\n  ${titles[source]}: ${reason}`);
    super(`No nats-server ${minimumVersion} or newer was found.${places.join("")}`, {
      code: "NATS_SERVER_NOT_FOUND",
      remedy: attempts.some(({ source }) => source === "configured")
        ? "Correct PENSTOCK_NATS_SERVER, or unset it to have a nats-server looked for."
        : `Install nats-server ${minimumVersion} or newer, or name its path in PENSTOCK_NATS_SERVER.`,
    });
    this.attempts = attempts;
  }
}

const titles = {
  configured: "configured path",
  path: "PATH",
  cache: "cache",
  release: "official release",
  debian: "Debian package",
} as const satisfies Record<Attempt["source"], string>;

/** The server ended, or did not answer, while it was being started. Nothing of it is left running. */
export class NatsServerStartFailed extends ServiceError {
  override readonly name = "NatsServerStartFailed";
  /** What the server wrote last, oldest first. */
  readonly lastLines: readonly string[];

  constructor(
    what: string,
    facts: { lastLines: readonly string[]; remedy: string; cause?: unknown },
  ) {
    const lines = facts.lastLines.map((line) => `\n  ${line}`);
    super(`nats-server did not start: ${what}.${lines.join("")}`, {
      code: "NATS_SERVER_START_FAILED",
      remedy: facts.remedy,
      cause: facts.cause,
    });
    this.lastLines = facts.lastLines;
  }
}

/** Another process that is alive runs a server on the same store directory. */
export class NatsServerStoreInUse extends ServiceError {
  override readonly name = "NatsServerStoreInUse";
  /** The process that started the other server. */
  readonly starterPid: number;

  constructor(storeDirectory: string, starterPid: number) {
    super(`The store directory ${storeDirectory} is in use by process ${starterPid}.`, {
      code: "NATS_SERVER_STORE_IN_USE",
      remedy: "Stop the other one first, or choose another state directory.",
    });
    this.starterPid = starterPid;
  }
}
