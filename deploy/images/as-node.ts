// Runs a module of Penstock as the user `node`, with the group that may use the engine's socket:
//
//   node as-node.ts MODULE [ARGUMENT...]
//
// Which group that is, only the machine knows, so a container that was started as root looks, changes to
// `node` for good, and only then loads anything else. Started as anybody else, it changes nothing.

import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";

const SOCKET = "/var/run/docker.sock";

const [, , module = ""] = process.argv;
if (process.getuid?.() === 0) {
  const group = statSync(SOCKET, { throwIfNoEntry: false })?.gid;
  process.setgroups?.(group === undefined ? [] : [group]);
  process.setgid?.("node");
  process.setuid?.("node");
}
// From here on as if it had been started itself.
process.argv.splice(1, 1);
await import(pathToFileURL(module).href);
