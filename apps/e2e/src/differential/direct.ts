// The compared applications without Penstock: each served by its own framework, in a process of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isTaken } from "@penstock/testing";
import { eventually } from "../support/eventually.ts";
import type { ApplicationName } from "./case.ts";

const SERVE = fileURLToPath(new URL("serve.ts", import.meta.url));

/** The command that serves an application on $PORT. */
export function serving(name: ApplicationName): string[] {
  return [process.execPath, SERVE, name];
}

/** Serves an application until it is disposed of. */
export async function serveDirectly(name: ApplicationName, port: number): Promise<AsyncDisposable> {
  const [program = "", ...args] = serving(name);
  const child = spawn(program, args, {
    env: { PATH: process.env["PATH"], PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  await eventually(`${name} listens`, () => isTaken(port), {
    found: (taken) => taken,
    withinMs: 30_000,
  });
  return {
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
