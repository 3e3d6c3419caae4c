// core <- shell <- adapter <- app: a package imports its own layer or one further in, so that what
// decides never depends on what acts. Nobody imports an app, not even a tool: apps are started.
//
//   importer            imports an app     imports a layer further out
//   shipped package     no                 no
//   tool or example     no                 yes

import { isUnshipped, layerOf, layers, planeOf } from "../package-under-rule.ts";
import type { ModuleRule } from "../rule.ts";
import { packageImports } from "./imported-package.ts";

/** Imports point inwards. */
export const layerDirection: ModuleRule = {
  name: "layer-direction",
  *check(module, packages) {
    for (const { from, to, line } of packageImports(module, packages)) {
      const [inner, outer] = [layerOf(from), layerOf(to)];
      if (!inner || !outer) continue;
      if (outer === "app")
        yield { line, message: `${to.name} is an app: start it, do not import it` };
      // Who may import a tool is a question of its own (unshipped-code).
      else if (isUnshipped(from) || planeOf(to) === "tool") continue;
      else if (layers.indexOf(outer) > layers.indexOf(inner))
        yield { line, message: `${from.name} (${inner}) must not import ${to.name} (${outer})` };
    }
  },
};
