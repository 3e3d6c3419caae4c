// Placeholders in a `command` that are filled in for each worker when it starts.

/** Their names. */
export const workerPlaceholders = ["PORT", "POOL", "WORKER"] as const;
