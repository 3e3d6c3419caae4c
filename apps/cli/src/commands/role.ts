// `penstock listener | controller | worker`: one role in this terminal or container. Signals and the exit
// code are passed through. Listener and controller end when the channel to this process does: they do not outlive it.

import { spawn } from "node:child_process";
import { roleEntry, type Role } from "../role-entry.ts";

/** Runs a role and resolves when it has ended. */
export function runRole(role: Role, args: readonly string[]): Promise<void> {
  const lifeline = role === "worker" ? [] : (["ipc"] as const);
  const child = spawn(process.execPath, [roleEntry(role), ...args], {
    stdio: ["inherit", "inherit", "inherit", ...lifeline],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? (signal === null ? 1 : 128);
      resolve();
    });
  });
}
