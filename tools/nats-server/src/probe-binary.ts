// Asks a nats-server binary for its version by running it: a file that cannot run here, is no
// nats-server, or is too old is told apart before anything depends on it.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describeError } from "@penstock/foundation";
import { compareVersions, minimumVersion, parseVersion } from "./version.ts";

/** What a binary turned out to be. */
export type Probe =
  | { readonly kind: "suitable"; readonly version: string }
  | { readonly kind: "unsuitable"; readonly reason: string };

// It answers within 10 ms; a first run from a slow disk is allowed seconds, a hanging wrapper is not.
const answerLimitMs = 5_000;

const run = promisify(execFile);

/** Runs `<binary> --version`. Never throws: what went wrong is the reason. */
export async function probeBinary(binary: string): Promise<Probe> {
  let printed: string;
  try {
    const { stdout, stderr } = await run(binary, ["--version"], { timeout: answerLimitMs });
    printed = stdout + stderr;
  } catch (thrown) {
    return { kind: "unsuitable", reason: `${binary} cannot be run (${firstLine(thrown)})` };
  }
  const version = parseVersion(printed);
  if (version === undefined) return { kind: "unsuitable", reason: `${binary} is no nats-server` };
  if (compareVersions(version, minimumVersion) < 0) {
    return {
      kind: "unsuitable",
      reason: `${binary} is version ${version}, older than ${minimumVersion}`,
    };
  }
  return { kind: "suitable", version };
}

function firstLine(thrown: unknown): string {
  return describeError(thrown).split("\n", 1)[0] ?? "";
}
