// On what it was measured. Without these facts a table means nothing.

import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { createRequire } from "node:module";

/** Facts of the machine and of the programs of a run, by name. */
export type MachineFacts = Readonly<Record<string, string>>;

/** What of it only the run knows. */
export interface ProgramVersions {
  readonly natsServer: string;
  readonly load: string;
  readonly nginx: string | undefined;
  readonly engine: string | undefined;
}

/** Collects the facts. The load is that of the minute before. */
export function machineFacts(versions: ProgramVersions): MachineFacts {
  const { natsServer, load, nginx, engine } = versions;
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    machine: `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}`,
    "load before": loadavg()[0]?.toFixed(2) ?? "unknown",
    node: process.versions.node,
    "nats-server": natsServer,
    "load generator": load,
    nginx: nginx ?? "there is none, so no rows of it; Debian: apt-get install nginx-light",
    "Docker engine": engine ?? "none answers, so there are no container starts",
    fastify: packageVersion("fastify"),
    "@fastify/http-proxy": packageVersion("@fastify/http-proxy"),
  };
}

function packageVersion(name: string): string {
  const manifest = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return manifest.version;
}
