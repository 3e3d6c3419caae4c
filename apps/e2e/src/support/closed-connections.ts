// Connections of a process that the other end has closed, read from the kernel: also of one that stands still.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The state CLOSE_WAIT in /proc/net/tcp: the other end has closed, this one has not. */
const CLOSE_WAIT = "08";

/** How many TCP connections of a process its peers have closed. */
export function closedByPeer(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  const inodes = new Set(
    readdirSync(folder).flatMap(
      (fd) => /^socket:\[(\d+)\]$/.exec(targetOf(`${folder}/${fd}`))?.[1] ?? [],
    ),
  );
  const rows = readFileSync(`/proc/${pid}/net/tcp`, "utf8").trim().split("\n").slice(1);
  return rows.filter((row) => {
    const [, , , state = "", , , , , , inode = ""] = row.trim().split(/\s+/);
    return state === CLOSE_WAIT && inodes.has(inode);
  }).length;
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
