// From the file's words on a container, and on secrets, to those that the rest of Penstock knows.

import { resolve } from "node:path";
import type { ContainerOptions, ContainerVolume, SecretSource } from "@penstock/domain";
import { assert } from "@penstock/foundation";
import type { PoolSettings } from "./pool-settings.ts";

/** The resolved container. `home` is the folder of the file. */
export function resolveContainer(
  container: PoolSettings["container"],
  home: string,
): ContainerOptions {
  const { image, user, registry, volumes, ...plain } = container;
  const { username, password } = registry;
  return {
    ...(image !== undefined && { image }),
    ...(user !== undefined && { user }),
    ...plain,
    volumes: volumes.map((volume) => resolveVolume(volume, home)),
    ...(username !== undefined && {
      registry: { username, password: resolveSecret(password, home) },
    }),
  };
}

/** The resolved reference to a secret that passed validation. */
export function resolveSecret(
  { file, env }: { readonly file?: string; readonly env?: string },
  home: string,
): SecretSource {
  if (file !== undefined) return { file: resolve(home, file) };
  assert(env !== undefined, "a secret that passed validation has a file or an env");
  return { env };
}

function resolveVolume(volume: string, home: string): ContainerVolume {
  const [source = "", target = "", access] = volume.split(":");
  return {
    source: /^[./]/.test(source) ? resolve(home, source) : source,
    target,
    readOnly: access === "ro",
  };
}
