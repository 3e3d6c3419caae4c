// Where the processes of a command, or all that share this network, really listen, from /proc: for the
// message that says why what runs was not found on its port. On a system without /proc nothing is found.

import { readdir, readFile, readlink } from "node:fs/promises";
import { readProcessTable } from "./process-table.ts";

/** State of a listening socket in /proc/net/tcp. */
const listening = "0A";

/** `address:port` of every TCP socket on which `pid`, its process group or its descendants listen. */
export async function listeningPorts(pid: number): Promise<string[]> {
  const members = await processTree(pid);
  const inodes = new Set((await Promise.all(members.map(socketInodes))).flat());
  const sockets = await listeningSockets(pid);
  return sockets.filter(({ inode }) => inodes.has(inode)).map(({ address }) => address);
}

/** `address:port` of every TCP socket that listens in the network of this process. */
export async function allListeningPorts(): Promise<string[]> {
  return (await listeningSockets("self")).map(({ address }) => address);
}

async function listeningSockets(
  pid: number | "self",
): Promise<{ readonly address: string; readonly inode: string }[]> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((table) => readOrEmpty(`/proc/${pid}/net/${table}`)),
  );
  return tables
    .flatMap((table) => table.split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening)
    .map((fields) => ({ address: printedAddress(fields[1] ?? ""), inode: fields[9] ?? "" }));
}

async function processTree(root: number): Promise<number[]> {
  const entries = await readProcessTable();
  const members = new Set([root]);
  for (let before = 0; before < members.size;) {
    before = members.size;
    for (const { pid, parent, group } of entries) {
      if (group === root || members.has(parent)) members.add(pid);
    }
  }
  return [...members];
}

async function socketInodes(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(
    descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")),
  );
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** `0100007F:0BB8` is 127.0.0.1:3000: the kernel prints each 32 bits in the machine's byte order. */
function printedAddress(hex: string): string {
  const [address = "", port = ""] = hex.split(":");
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).toReversed(),
  );
  return `${bytes.length === 4 ? bytes.join(".") : printedIPv6(bytes)}:${Number.parseInt(port, 16)}`;
}

function printedIPv6(bytes: readonly number[]): string {
  const groups: string[] = [];
  for (let n = 0; n < bytes.length; n += 2) {
    groups.push((((bytes[n] ?? 0) << 8) | (bytes[n + 1] ?? 0)).toString(16));
  }
  return new URL(`http://[${groups.join(":")}]`).hostname;
}

async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, "latin1").catch(() => "");
}
