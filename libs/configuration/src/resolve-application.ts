// What a version runs: one of module, command and image.

import { resolve } from "node:path";
import type { ApplicationSource } from "@penstock/domain";
import { assert } from "@penstock/foundation";
import type { PoolSettings } from "./pool-settings.ts";

/** The resolved program. `home` is the folder of the file. */
export function resolveApplication(
  { module, command, image, port }: Pick<PoolSettings, "module" | "command" | "image" | "port">,
  home: string,
): ApplicationSource {
  if (module !== undefined) return { kind: "module", module: resolve(home, module) };
  if (command !== undefined) return { kind: "command", command };
  assert(
    image !== undefined && port !== undefined,
    "a valid pool that has no program has an image",
  );
  return { kind: "image", image, port };
}
