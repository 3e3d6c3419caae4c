// What all workers of a host together may take: IIS's `demandStartThreshold`, and a budget of memory.

/** Limits of one host. */
export interface HostLimits {
  /** Worker processes of all pools; 0 = no limit. */
  readonly maxWorkers: number;
  /** Memory of all of them, bytes; 0 = no limit. */
  readonly memoryBytes: number;
}

/** As many as the pools' own limits allow. */
export const noHostLimits: HostLimits = { maxWorkers: 0, memoryBytes: 0 };
