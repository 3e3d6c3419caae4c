// One role as a child process of `penstock up`: started, awaited until it serves, started again when it
// ends unasked, stopped in order. A process group of its own keeps the terminal's Ctrl-C away from it: the
// order in which things stop is decided here.

import { spawn, type ChildProcess } from "node:child_process";
import { ServiceError } from "@penstock/foundation";
import { roleEntry, type Role } from "./role-entry.ts";

/** First and longest pause before a role that ended is started again, milliseconds. */
const RESTART_MIN_MS = 250;
const RESTART_MAX_MS = 5000;

/** A role that ran for so long starts again without a pause, milliseconds. */
const STABLE_MS = 10_000;

/** What a role says over its channel once it serves. */
export interface RoleReady {
  readonly kind: "ready";
  /** Traffic ports that could not be opened. */
  readonly failedPorts?: readonly number[];
}

/** A supervised role. */
export class RoleProcess implements AsyncDisposable {
  readonly #role: Role;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #report: (line: string) => void;
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  /** Before, it may not have come to its handler of SIGHUP. */
  #serves = false;
  #reloadDue = false;
  #stopping = false;
  #pauseMs = RESTART_MIN_MS;

  constructor(role: Role, environment: NodeJS.ProcessEnv, report: (line: string) => void) {
    this.#role = role;
    this.#environment = environment;
    this.#report = report;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the role serves. Rejects with ROLE_NOT_STARTED when its process ends before; it said why itself. */
  async start(): Promise<RoleReady> {
    const { ready, child } = this.#spawn();
    const first = await Promise.race([ready, this.#gone.then(() => undefined)]);
    if (first) {
      child.once("exit", () => this.#endedUnasked());
      return first;
    }
    throw new ServiceError(`the ${this.#role} could not start`, { code: "ROLE_NOT_STARTED" });
  }

  /** Has the role read its configuration again; one that does not serve yet, as soon as it does. */
  reload(): void {
    if (this.#serves) this.#child?.kill("SIGHUP");
    else this.#reloadDue = true;
  }

  /** Asks the role to go and waits until it has gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#child?.kill("SIGTERM");
    await this.#gone;
  }

  /** Ends the role without waiting. A controller takes its workers with it (SIGQUIT). */
  kill(): void {
    this.#stopping = true;
    this.#child?.kill(this.#role === "controller" ? "SIGQUIT" : "SIGKILL");
  }

  #spawn(): { ready: Promise<RoleReady>; child: ChildProcess } {
    const child = spawn(process.execPath, [roleEntry(this.#role)], {
      detached: true,
      env: this.#environment,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      child.once("exit", () => {
        this.#serves = false;
        resolve();
      });
    });
    const ready = new Promise<RoleReady>((resolve) => {
      child.on("message", (message) => {
        if ((message as RoleReady).kind !== "ready") return;
        resolve(message as RoleReady);
        this.#nowServes();
      });
    });
    return { ready, child };
  }

  #nowServes(): void {
    this.#serves = true;
    if (!this.#reloadDue) return;
    this.#reloadDue = false;
    this.reload();
  }

  #endedUnasked(): void {
    if (this.#stopping) return;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(RESTART_MAX_MS, pauseMs * 2);
    this.#report(`the ${this.#role} ended; starting it again in ${pauseMs} ms`);
    setTimeout(() => {
      if (this.#stopping) return;
      const { child } = this.#spawn();
      const startedAt = performance.now();
      child.once("exit", () => {
        if (performance.now() - startedAt > STABLE_MS) this.#pauseMs = RESTART_MIN_MS;
        this.#endedUnasked();
      });
    }, pauseMs);
  }
}
