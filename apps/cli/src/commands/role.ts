// `penstock listener | controller | worker`: one role in this terminal or container. Signals and the exit
// code are passed through, SIGHUP to a listener or controller once it serves. These two end when the channel to this
// process does: they do not outlive it.

import { spawn, type ChildProcess } from "node:child_process";
import { roleEntry, type Role } from "../role-entry.ts";

/** Runs a role and resolves when it has ended. */
export function runRole(role: Role, args: readonly string[]): Promise<void> {
  const lifeline = role === "worker" ? [] : (["ipc"] as const);
  let child: ChildProcess | undefined;
  // Before, it may not have come to its handler.
  let hears = role === "worker";
  let hangUpDue = false;
  const hangUp = (): void => {
    if (hears) child?.kill("SIGHUP");
    else hangUpDue = true;
  };
  process.on("SIGHUP", hangUp);
  const started = spawn(process.execPath, [roleEntry(role), ...args], {
    stdio: ["inherit", "inherit", "inherit", ...lifeline],
  });
  child = started;
  // Its only message is that it serves.
  child.once("message", () => {
    hears = true;
    if (hangUpDue) hangUp();
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => started.kill(signal));
  return new Promise((resolve, reject) => {
    started.on("error", reject);
    started.on("exit", (code, signal) => {
      process.exitCode = code ?? (signal === null ? 1 : 128);
      resolve();
    });
  });
}
