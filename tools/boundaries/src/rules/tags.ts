// Each package says where it belongs: one layer, one plane. Without them no other rule can judge it.

import { layerOf, layers, planeOf, planes } from "../package-under-rule.ts";
import type { PackageRule } from "../rule.ts";

/** Exactly one `layer:` and one `plane:` tag that exist. */
export const tags: PackageRule = {
  name: "tags",
  *check(subject) {
    if (!layerOf(subject))
      yield { line: 1, message: `needs exactly one tag of layer:${layers.join("|")}` };
    if (!planeOf(subject))
      yield { line: 1, message: `needs exactly one tag of plane:${planes.join("|")}` };
  },
};
