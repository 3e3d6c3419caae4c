// The port between the controller, which decides, and what runs worker processes: child processes, a
// Docker engine, a swarm. A runtime launches, asks, freezes, kills, lists and watches; it decides nothing,
// restarts nothing and remembers nothing that it could not read back from the world. Readiness is not
// its business: a worker tells that itself, over the broker.

import type {
  ApplicationSource,
  ContainerOptions,
  ResourceLimits,
  WorkerProcessId,
} from "@penstock/domain";

/** How the container of a worker is made, the registry's password resolved. */
export interface LaunchContainer extends Omit<ContainerOptions, "registry"> {
  readonly registry?: { readonly username: string; readonly password: string };
}

/** Everything that a runtime needs to bring one worker process to life. */
export interface WorkerLaunch {
  readonly id: WorkerProcessId;
  readonly pool: string;
  /** Names the configuration that this worker runs; found again in {@link ObservedProcess}. */
  readonly generation: string;
  readonly application: ApplicationSource;
  /** Absolute; the worker's working directory. */
  readonly directory: string;
  /**
   * The environment of the application, without its secrets. The runtime adds `PATH`, `HOME`, `LANG`, `TZ`
   * and `TMPDIR` of its own process where they are missing here, and nothing else of it: the controller's
   * environment holds keys that no application may see.
   */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Secret values by name, for the application's environment or, where that can be looked at from outside
   * (a container's), for a place that cannot.
   */
  readonly secrets: Readonly<Record<string, string>>;
  /** A runtime that cannot enforce them leaves them be: the controller says so when it starts. */
  readonly limits: ResourceLimits;
  /** Only a runtime that has containers looks at it. */
  readonly container: LaunchContainer;
  /**
   * Opaque text for the worker host. It is handed over so that neither the process list nor the
   * environment of the application shows it (an inherited descriptor, standard input, a file in memory).
   */
  readonly credentials: string;
  /** Requests that the worker takes at once. */
  readonly concurrency: number;
  /** How long a drain may take; the worker is told so that it can end requests in good time. */
  readonly shutdownTimeLimitMs: number;
}

/** What of a worker is known before it is needed: all but what is handed over when it is. */
export type WorkerPreparation = Omit<WorkerLaunch, "credentials" | "secrets">;

/** A worker process that exists, whoever launched it. Every field is read back from the world. */
export interface ObservedProcess {
  readonly id: WorkerProcessId;
  readonly pool: string;
  readonly generation: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** True while it is frozen, whoever froze it. */
  readonly suspended: boolean;
  /** Where the runtime has one: for people, never for decisions. */
  readonly pid?: number;
}

/** A worker process that was just launched. */
export interface LaunchedProcess extends ObservedProcess {
  /** How much of the launch it took to fetch an image, milliseconds; missing where none was fetched. */
  readonly pulledMs?: number;
}

/** What a worker and all that it started use. */
export interface WorkerUsage {
  /** Memory that goes back to the host when the worker ends, in memory or swapped out, bytes. */
  readonly privateBytes: number;
  /** Memory that the kernel cannot simply take back, bytes: what is held against {@link memoryLimitBytes}. */
  readonly workingSetBytes: number;
  /** What it may hold at most, bytes: its own limit, or all of the host's memory. */
  readonly memoryLimitBytes: number;
  /** Processor time since its start, seconds. May sink where something that it started went unseen. */
  readonly cpuSeconds: number;
}

/** The stream that a line of output came from. */
export type OutputStream = "stdout" | "stderr";

/** A longer line of output comes in pieces of at most this many UTF-16 code units. */
export const outputLineLengthMax = 16_384;

/** What a runtime tells about workers. Per worker: `started`, then `output` any number of times, then `exited`. */
export type WorkerRuntimeEvent =
  | { readonly kind: "started"; readonly worker: ObservedProcess }
  | {
      readonly kind: "output";
      readonly id: WorkerProcessId;
      readonly pool: string;
      readonly stream: OutputStream;
      /** Without its line end. An unfinished last line is told as well. */
      readonly line: string;
    }
  | {
      readonly kind: "exited";
      readonly id: WorkerProcessId;
      readonly pool: string;
      /** Null when a signal ended it, and when nobody knows (an adopted process that is no child). */
      readonly code: number | null;
      /** `SIGKILL`, `SIGSEGV`, …; null when the process ended by itself, and when nobody knows. */
      readonly signal: string | null;
      /** True only where the runtime knows that the memory limit ended it. */
      readonly outOfMemory: boolean;
      /** Milliseconds since the Unix epoch. */
      readonly at: number;
    };

/** Takes events. Must not throw. */
export type WorkerRuntimeObserver = (event: WorkerRuntimeEvent) => void;

/**
 * Runs worker processes. Held by the controller alone: who has this port may start programs.
 *
 * Every verb may be called at any time, from any turn, in parallel; those about one worker take effect in the
 * order of their calls. Of a worker that does not exist (any more) they do nothing: the exit is on its way, or
 * was told. A runtime that cannot be
 * reached rejects with code `WORKER_RUNTIME_UNAVAILABLE`; nothing is retried here, the next turn of the
 * controller sees the same world and asks again.
 *
 * Disposing lets go of the workers without ending them: they run on, and the next runtime over the same
 * host lists them. Who wants them gone drains or kills them first.
 */
export interface WorkerRuntime extends AsyncDisposable {
  /**
   * Says which workers may be needed next, all of them each time. A runtime may make ready what takes long, so
   * that the launch of such a worker is sooner done; the launch then says the same of it as was said here.
   * What is made ready is no worker: it has neither credentials nor secrets, is not listed, nothing is told of
   * it, and it goes when it is not named any more, and with this runtime. What cannot be made ready is
   * launched as any other.
   */
  prepare(preparations: readonly WorkerPreparation[]): void;
  /**
   * Brings a worker to life; resolves when its process exists, which is long before it is ready. Rejects
   * with {@link WorkerLaunchFailure} when it cannot be started: then nothing of it is left and no event of
   * this id ever comes. Ids are never reused; launching one that runs is a bug of the caller, rejects, and
   * leaves the one that runs alone.
   */
  launch(launch: WorkerLaunch): Promise<LaunchedProcess>;
  /**
   * Asks a worker to finish what it has in hand and to exit (SIGTERM). Resolves when it was asked, not when
   * it is gone; a worker may take its time or ignore it. Asking twice is as good as once. A frozen worker is
   * resumed, or it would not hear of it.
   */
  drain(id: WorkerProcessId): Promise<void>;
  /**
   * Freezes a worker and every process that it started: they keep their memory and get no processor until
   * {@link resume}. Resolves when they stand still. It is for the caller to see that the worker has nothing in
   * hand. Freezing twice is as good as once.
   */
  suspend(id: WorkerProcessId): Promise<void>;
  /** Lets a frozen worker and what it started go on where they stood. Without effect when they run. */
  resume(id: WorkerProcessId): Promise<void>;
  /**
   * Ends a worker and every process that it started, at once (SIGKILL), frozen or not. Resolves when the signal
   * is on its way; `exited` tells the end.
   */
  kill(id: WorkerProcessId): Promise<void>;
  /**
   * What workers use, as the host counts it; they themselves are not asked. One that does not exist (any more) is
   * missing from the answer, and so are all where the host does not tell.
   */
  measure(ids: readonly WorkerProcessId[]): Promise<ReadonlyMap<WorkerProcessId, WorkerUsage>>;
  /**
   * All workers of this host that live, also those that another controller launched: after a restart this is
   * how they are adopted. Call {@link watch} first, so that no exit falls between the two: such a worker may
   * then be listed and exit, or exit and not be listed, but it is never lost.
   */
  list(): Promise<readonly ObservedProcess[]>;
  /**
   * Tells `observer` everything that happens from now on, until the answer is disposed; never ends by itself,
   * whatever becomes of the connection to the host. Several may watch, each is told all.
   *
   * - `started` comes once for every launch that succeeded here; adopted workers come from `list` only.
   * - `output` comes line by line. Of an adopted worker it may be missing, where the host does not keep it.
   * - `exited` comes exactly once for every worker that was launched here or listed, adopted ones too, and is
   *   the last word on it: all output came before. A worker that ended while no runtime lived is not listed
   *   and not told.
   *
   * The observer is never called from within a call of the caller (no re-entrance).
   */
  watch(observer: WorkerRuntimeObserver): Disposable;
}
