// Everything that the controller does, or that happens to what it looks after, and that an operator may want
// to read later: one row a kind. Where Windows' event log has the same (source WAS), its number stands with
// it. docs/events.md is made from this table.

import type { ExitReason } from "./worker-process.ts";

/** How much it matters: an error has to be acted on. */
export type EventSeverity = "information" | "warning" | "error";

interface EventFacts {
  readonly severity: EventSeverity;
  /** Event id of WAS. */
  readonly was?: number;
  readonly meaning: string;
}

/** All kinds. */
export const operationalEvents = {
  "worker.started": { severity: "information", meaning: "A worker process was started, and why." },
  "worker.ready": {
    severity: "information",
    meaning: "A worker takes requests, and after how long.",
  },
  "worker.adopted": {
    severity: "information",
    meaning: "A worker that ran already was found by a controller that has just started.",
  },
  "worker.draining": {
    severity: "information",
    meaning: "A worker was asked to finish and leave, and why.",
  },
  "worker.killed": {
    severity: "warning",
    meaning: "A worker was ended at once: it overstepped a time limit, or somebody asked for that.",
  },
  "worker.orphaned": {
    severity: "warning",
    was: 5010,
    meaning:
      "A worker did not answer its pings, was taken out of service and left running for a debugger (`failure.orphanWorkerProcess`).",
  },
  "worker.suspending": {
    severity: "information",
    meaning: "An idle worker was asked to rest, to be frozen then (`idleTimeoutAction: Suspend`).",
  },
  "worker.suspended": {
    severity: "information",
    meaning: "A worker rests and was frozen: it keeps its memory and gets no processor.",
  },
  "worker.resuming": {
    severity: "information",
    meaning: "A worker that slept was woken, and why.",
  },
  "worker.resumed": {
    severity: "information",
    meaning: "A worker that slept takes requests again, and after how long.",
  },
  "worker.exited.idle": {
    severity: "information",
    was: 5186,
    meaning: "A worker left after `idleTimeout` without a request.",
  },
  "worker.exited.scale_down": {
    severity: "information",
    meaning: "A worker left that was not needed any more.",
  },
  "worker.exited.recycle": {
    severity: "information",
    meaning: "A worker left that another had replaced.",
  },
  "worker.exited.manual": {
    severity: "information",
    meaning: "A worker left because an operator, or the end of its pool, wanted so.",
  },
  "worker.exited.crash": { severity: "warning", was: 5009, meaning: "A worker ended unasked." },
  "worker.exited.oom": {
    severity: "warning",
    was: 5009,
    meaning: "A worker ended because it ran out of memory.",
  },
  "worker.exited.ping_failure": {
    severity: "warning",
    was: 5010,
    meaning: "A worker did not answer its pings and was ended.",
  },
  "worker.exited.startup_timeout": {
    severity: "warning",
    was: 5012,
    meaning: "A worker was not ready within `startupTimeLimit` and was ended.",
  },
  "worker.exited.shutdown_timeout": {
    severity: "warning",
    was: 5013,
    meaning: "A worker did not leave within `shutdownTimeLimit` and was ended.",
  },
  "worker.exited.orphan": {
    severity: "information",
    meaning:
      "A worker ended that was left for a debugger: somebody ended it, its place was needed, or it ended by itself.",
  },
  "pool.offline": {
    severity: "error",
    was: 5002,
    meaning: "Rapid-fail protection took the pool offline after a series of failures.",
  },
  "pool.online": { severity: "information", meaning: "The pool serves again, and why." },
  "pool.start_failed": {
    severity: "warning",
    meaning: "No worker became ready for the requests that waited.",
  },
  "pool.short": {
    severity: "warning",
    meaning: "The host has no room for a worker that the pool wants (`host`), and why.",
  },
  "pool.rotated": {
    severity: "information",
    was: 5080,
    meaning: "The configuration changed what the pool's workers run: they are replaced.",
  },
  "pool.promoted": {
    severity: "information",
    meaning: "Every worker of the pool runs the version of its canary, and the canary is seen off.",
  },
  "pool.removed": {
    severity: "information",
    meaning: "The pool is not configured any more, and nothing of it is left.",
  },
  "operator.pool.start": { severity: "information", meaning: "An operator started the pool." },
  "operator.pool.stop": { severity: "information", meaning: "An operator stopped the pool." },
  "operator.pool.recycle": {
    severity: "information",
    was: 5079,
    meaning: "An operator had all workers of the pool replaced.",
  },
  "operator.pool.scale": {
    severity: "information",
    meaning: "An operator had the pool hold at least so many workers, or go by its demand again.",
  },
  "pool.scale_ended": {
    severity: "information",
    meaning:
      "The time is over for which an operator had the pool hold workers: it goes by its demand again.",
  },
  "operator.pool.promote": {
    severity: "information",
    meaning: "An operator made the version of the pool's canary the pool's own.",
  },
  "operator.pool.rollback": {
    severity: "information",
    meaning: "An operator ended the pool's canary; all requests go to the pool's own version.",
  },
  "operator.commanded": {
    severity: "information",
    meaning: "An operator had something else done, and what.",
  },
  "configuration.loaded": {
    severity: "information",
    meaning: "A controller began, with this configuration.",
  },
  "configuration.applied": {
    severity: "information",
    meaning: "Another configuration is in force, and what it changed.",
  },
  "configuration.refused": {
    severity: "error",
    meaning: "A configuration was not taken into force, and why.",
  },
  "credentials.revoked": {
    severity: "information",
    meaning: "The broker refuses these credentials from now on.",
  },
  "keys.rotated": { severity: "information", meaning: "Signing keys were replaced." },
  "keys.retired": {
    severity: "information",
    meaning: "Former signing keys are refused from now on.",
  },
} as const satisfies Record<string, EventFacts> & Record<`worker.exited.${ExitReason}`, EventFacts>;

/** The kind of an event. */
export type OperationalEventKind = keyof typeof operationalEvents;

/** What happened. Nothing in it is a secret or an application's output. */
export interface OperationalEvent {
  readonly kind: OperationalEventKind;
  readonly pool?: string;
  readonly worker?: string;
  /** What happened and why, for people. */
  readonly message: string;
}

/** An event as it is kept. */
export interface RecordedEvent extends OperationalEvent {
  /** Rises by one from event to event. */
  readonly id: number;
  readonly at: string;
  readonly severity: EventSeverity;
  /** Event id of WAS, where there is one. */
  readonly was?: number;
}

/** The facts of a kind. */
export function eventFacts(kind: OperationalEventKind): EventFacts {
  return operationalEvents[kind];
}
