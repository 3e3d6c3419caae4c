// A workspace package as the rules see it, and what its tags may say. The tags stand in its package.json,
// under `nx.tags`, so that `nx graph` and these rules speak of the same thing.

/** From the inside out: a package imports its own layer or one further in. */
export const layers = ["core", "shell", "adapter", "app"] as const;
/**
 * `data` serves requests, `control` decides what serves them, `shared` belongs to both, `composition` puts all
 * of it together on one machine. The rest is not shipped.
 */
export const planes = ["shared", "data", "control", "composition", "tool", "example"] as const;

/** How far out a package stands. */
export type Layer = (typeof layers)[number];
/** Which side of Penstock a package belongs to. */
export type Plane = (typeof planes)[number];

/** One workspace package. */
export interface PackageUnderRule {
  readonly name: string;
  /** Relative to the repository, with slashes: `libs/process`. */
  readonly directory: string;
  /** As written: `layer:core`. */
  readonly tags: readonly string[];
  /** What others may import: `@penstock/process`, `@penstock/process/metrics`. */
  readonly entrances: readonly string[];
}

/** The layer that a package's tags name; undefined when they name none, or more than one. */
export function layerOf(tagged: PackageUnderRule): Layer | undefined {
  return onlyTag(tagged, "layer", layers);
}

/** The plane that a package's tags name; undefined when they name none, or more than one. */
export function planeOf(tagged: PackageUnderRule): Plane | undefined {
  return onlyTag(tagged, "plane", planes);
}

/** True for what is never shipped: tools, end-to-end tests, examples. */
export function isUnshipped(tagged: PackageUnderRule): boolean {
  const plane = planeOf(tagged);
  return plane === "tool" || plane === "example";
}

function onlyTag<Value extends string>(
  { tags }: PackageUnderRule,
  kind: string,
  values: readonly Value[],
): Value | undefined {
  const named = tags.filter((tag) => tag.startsWith(`${kind}:`));
  return named.length === 1 ? values.find((value) => named[0] === `${kind}:${value}`) : undefined;
}
