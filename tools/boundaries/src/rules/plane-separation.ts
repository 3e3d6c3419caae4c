// The data plane serves while the control plane is dead, and the control plane never touches a request:
// neither imports the other. What both need is shared, and shared knows neither.
//
//   importer       may import
//   data           data, shared
//   control        control, shared
//   shared         shared
//   composition    all three: it starts their processes
//   tool, example  all three
//
// Tests may meet the other plane: what one of them promises the other is proved with both.

import { isUnshipped, planeOf } from "../package-under-rule.ts";
import type { ModuleRule } from "../rule.ts";
import { packageImports } from "./imported-package.ts";

/** Data and control meet on the wire only. */
export const planeSeparation: ModuleRule = {
  name: "plane-separation",
  *check(module, packages) {
    if (module.isForTests) return;
    for (const { from, to, line } of packageImports(module, packages)) {
      if (isUnshipped(from) || isUnshipped(to)) continue;
      const [own, other] = [planeOf(from), planeOf(to)];
      if (own === "composition") continue;
      if (other !== own && other !== "shared")
        yield { line, message: `${from.name} (${own}) must not import ${to.name} (${other})` };
    }
  },
};
