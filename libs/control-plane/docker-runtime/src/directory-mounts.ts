// Which folders of the host a module or command sees when its image does not hold it: its own, and what
// Node would find from there, the folders `node_modules` above it. At the same paths, read-only.

import { dirname, join } from "node:path";

/** The folders, outer ones last. `exists` looks at the host. */
export function applicationFolders(
  { directory, module }: { readonly directory: string; readonly module?: string },
  exists: (path: string) => boolean,
): readonly string[] {
  const own = [directory];
  if (module !== undefined && !module.startsWith(`${directory}/`)) own.push(dirname(module));
  const packages = own
    .flatMap((folder) => ancestors(folder))
    .map((path) => join(path, "node_modules"));
  return [...new Set([...own, ...packages.filter((path) => exists(path))])];
}

function ancestors(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...ancestors(above)];
}
