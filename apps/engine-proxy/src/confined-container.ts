// Whether a container that a controller asks for is confined: on the workers' network or in a worker's, without
// privileges, and without anything of the host's. Pure. Keys are held against a list, in their exact spelling:
// what the engine may learn tomorrow is refused today.

import { INSTALLATION } from "./permitted-call.ts";

/** What a container has to be. */
export interface Confinement {
  readonly network: string;
}

const CONFIGURATION_KEYS = new Set([
  "AttachStderr",
  "AttachStdin",
  "AttachStdout",
  "Env",
  "Healthcheck",
  "HostConfig",
  "Image",
  "Labels",
  "OpenStdin",
  "StdinOnce",
  "StopTimeout",
  "User",
]);

const HOST_KEYS = new Set([
  "CapAdd",
  "CapDrop",
  "Dns",
  "Init",
  "LogConfig",
  "Memory",
  "MemorySwap",
  "Mounts",
  "NanoCpus",
  "NetworkMode",
  "PidsLimit",
  "ReadonlyRootfs",
  "SecurityOpt",
  "Tmpfs",
]);

/** Docker's own default, less those that reach beyond the container (raw packets, device nodes). */
const CAPABILITIES = new Set([
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "NET_BIND_SERVICE",
  "SETGID",
  "SETPCAP",
  "SETUID",
]);

type Keyed = Readonly<Record<string, unknown>>;

/** What a permitted container is part of. */
export interface ConfinedContainer {
  readonly installation: string;
  /** The container whose network namespace it joins. */
  readonly joins?: string;
}

/** Reads the body of a create call. A text says what is not confined. */
export function confinedContainer(
  body: unknown,
  { network }: Confinement,
): ConfinedContainer | string {
  if (!isKeyed(body) || !isKeyed(body["HostConfig"])) return "it is no configuration";
  const host = body["HostConfig"];
  const stranger =
    strangerIn(body, CONFIGURATION_KEYS, "") ?? strangerIn(host, HOST_KEYS, "HostConfig.");
  if (stranger !== undefined) return `${stranger} is not permitted`;
  const installation = isKeyed(body["Labels"]) ? body["Labels"][INSTALLATION] : undefined;
  if (typeof installation !== "string") return `it has no label ${INSTALLATION}`;
  const joins = /^container:([\w.-]+)$/.exec(String(host["NetworkMode"]))?.[1];
  if (joins === undefined && host["NetworkMode"] !== network)
    return `it is not on the network ${network}`;
  const fault = privilegeFault(host) ?? mountFault(host["Mounts"]);
  return fault ?? { installation, ...(joins !== undefined && { joins }) };
}

function privilegeFault(host: Keyed): string | undefined {
  if (String(host["CapDrop"]) !== "ALL") return "it keeps capabilities";
  const added = listOf(host["CapAdd"])
    .map(String)
    .find((name) => !CAPABILITIES.has(name));
  if (added !== undefined) return `the capability ${added} is not permitted`;
  if (String(host["SecurityOpt"]) !== "no-new-privileges:true") return "it may gain privileges";
  return undefined;
}

/** Volumes without a name alone: any name may be that of somebody's keys. */
function mountFault(mounts: unknown): string | undefined {
  const outside = listOf(mounts).find(
    (mount) =>
      !isKeyed(mount) ||
      mount["Type"] !== "volume" ||
      strangerIn(mount, new Set(["Type", "Target", "ReadOnly"]), "") !== undefined,
  );
  return outside === undefined ? undefined : "a mount of the host's, or of a named volume";
}

function strangerIn(value: Keyed, keys: ReadonlySet<string>, prefix: string): string | undefined {
  const stranger = Object.keys(value).find((key) => !keys.has(key));
  return stranger === undefined ? undefined : `${prefix}${stranger}`;
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function isKeyed(value: unknown): value is Keyed {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
