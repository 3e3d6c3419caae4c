// What a call of the engine's API does, in one word of a short list: a label must not grow with containers.

/** Every operation, for metrics that start at zero. */
export const engineOperations = [
  "ping",
  "events",
  "containers.list",
  "containers.create",
  "containers.inspect",
  "containers.attach",
  "containers.start",
  "containers.rename",
  "containers.archive",
  "containers.kill",
  "containers.pause",
  "containers.unpause",
  "containers.stop",
  "containers.stats",
  "containers.wait",
  "containers.remove",
  "images.inspect",
  "images.pull",
  "networks.create",
  "networks.inspect",
  "networks.connect",
  "networks.remove",
  "other",
] as const;

/** One of them. */
export type EngineOperation = (typeof engineOperations)[number];

/** What an engine was called for, how long it took to begin to answer, and whether it could not do it. */
export type EngineCallObserver = (
  operation: EngineOperation,
  seconds: number,
  failed: boolean,
) => void;

/** A pull has the path of a creation. */
const PULL = "/images/create";

const known: ReadonlySet<string> = new Set(engineOperations);

/** The operation of a call; the path is without the version and the query. */
export function engineOperation(method: string, path: string): EngineOperation {
  if (path === PULL) return "images.pull";
  const [, kind = "", name = "", action] = path.split("/");
  const word = name === "" ? kind.replace(/^_/, "") : `${kind}.${verb(method, name, action)}`;
  return known.has(word) ? (word as EngineOperation) : "other";
}

function verb(method: string, name: string, action: string | undefined): string {
  if (action !== undefined) return action === "json" ? "inspect" : action;
  if (name === "json") return "list";
  if (name === "create") return "create";
  return method === "DELETE" ? "remove" : "inspect";
}
