// The application pool as the rest of Penstock sees it: every default filled in, every duration in
// milliseconds, every size in bytes, nothing of the file's notation left. Names follow IIS's
// applicationPools section; the unit stands in the name.

import type { Canary } from "./canary.ts";
import type { PoolUrlGroup } from "./url-group-limits.ts";

/** What a pool's workers run. */
export type ApplicationSource =
  | { readonly kind: "module"; readonly module: string }
  | { readonly kind: "command"; readonly command: readonly string[] }
  /** Any image that serves HTTP on this port; it knows nothing of Penstock. */
  | { readonly kind: "image"; readonly image: string; readonly port: number };

/** Where a secret's value comes from. The value itself never enters the configuration. */
export type SecretSource = { readonly file: string } | { readonly env: string };

/** What one worker may use at most. What is absent is not limited. */
export interface ResourceLimits {
  /** Processors, with a fraction. */
  readonly cpus?: number;
  readonly memoryBytes?: number;
}

/** Something of the host's, or a volume of the engine's, that a container sees. */
export interface ContainerVolume {
  /** An absolute path on the engine's host, or the name of a volume. */
  readonly source: string;
  /** Absolute, in the container. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** How a worker's container is made, where the runtime has containers. */
export interface ContainerOptions {
  /** For modules and commands: an image with the worker host in it, and the application. */
  readonly image?: string;
  /** `uid`, `uid:gid` or a name; absent: the image's own. */
  readonly user?: string;
  /** What it may do beyond nothing, without `CAP_`. */
  readonly capabilities: readonly string[];
  readonly readOnlyRoot: boolean;
  /** Paths in memory that can be written, besides `/tmp`. */
  readonly tmpfs: readonly string[];
  readonly volumes: readonly ContainerVolume[];
  /** Networks of the engine's, besides the one on which workers reach the broker. */
  readonly networks: readonly string[];
  readonly pullPolicy: "missing" | "always" | "never";
  readonly registry?: { readonly username: string; readonly password: SecretSource };
  /** Processes and threads at most. */
  readonly processes: number;
}

/** IIS `processModel`. */
export interface ProcessModel {
  readonly minProcesses: number;
  readonly maxProcesses: number;
  /** 0 = workers never leave for idleness. */
  readonly idleTimeoutMs: number;
  readonly idleTimeoutAction: "Terminate" | "Suspend";
  readonly startupTimeLimitMs: number;
  readonly shutdownTimeLimitMs: number;
  readonly pingingEnabled: boolean;
  readonly pingIntervalMs: number;
  readonly pingResponseTimeMs: number;
}

/** IIS `recycling`. */
export interface Recycling {
  readonly disallowOverlappingRotation: boolean;
  readonly disallowRotationOnConfigChange: boolean;
  readonly periodicRestart: {
    /** 0 = off. */
    readonly timeMs: number;
    /** 0 = off. */
    readonly requests: number;
    /** 0 = off. */
    readonly memoryBytes: number;
    /** Local times of day, `HH:MM`. */
    readonly schedule: readonly string[];
  };
}

/** IIS `failure`. */
export interface FailurePolicy {
  readonly rapidFailProtection: boolean;
  readonly rapidFailProtectionIntervalMs: number;
  readonly rapidFailProtectionMaxCrashes: number;
  /** 0 = stays offline until an operator starts it, as in IIS. */
  readonly autoRecoverMs: number;
  readonly orphanWorkerProcess: boolean;
  readonly loadBalancerCapabilities: "HttpLevel" | "TcpLevel";
}

/** When a request whose worker was lost is dispatched again. */
export interface DeliveryPolicy {
  /** `idempotent`: methods that RFC 9110 §9.2.2 calls idempotent, or an Idempotency-Key. */
  readonly redispatch: "idempotent" | "never" | "always";
  readonly maxAttempts: number;
}

/** One application pool: a request queue, its URL group and the workers that serve it. */
export interface ApplicationPool {
  readonly name: string;
  /** UrlPrefix strings of the pool's own URL group, as written. */
  readonly urls: readonly string[];
  /** All its URL groups, its own first. */
  readonly urlGroups: readonly PoolUrlGroup[];
  readonly application: ApplicationSource;
  /** Absolute; a module path and a command are relative to it. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly startMode: "OnDemand" | "AlwaysRunning";
  readonly autoStart: boolean;
  /** Requests that may wait; one more is refused with QueueFull. */
  readonly queueLength: number;
  /** Waiting longer is refused with Timer_ReqQueue. */
  readonly queueTimeoutMs: number;
  /** 0 = none, as in HTTP.sys. */
  readonly requestTimeoutMs: number;
  /** Requests that one worker takes at once. */
  readonly concurrency: number;
  readonly processModel: ProcessModel;
  readonly recycling: Recycling;
  readonly failure: FailurePolicy;
  readonly limits: ResourceLimits;
  readonly container: ContainerOptions;
  readonly delivery: DeliveryPolicy;
  /** Paths that a new worker asks its application for before it is ready. */
  readonly warmUp: readonly string[];
  /** `debug` adds Server-Timing and the worker's name in Proxy-Status to answers. */
  readonly responseHeaders: "plain" | "debug";
  /** A second version and its share of the requests. */
  readonly canary?: Canary;
}
