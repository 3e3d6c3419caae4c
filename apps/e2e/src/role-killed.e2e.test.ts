// `penstock controller` and `penstock listener` are killed: the role that they ran goes with them.

import assert from "node:assert/strict";
import test from "node:test";
import { freePorts } from "@penstock/testing";
import { CommandLine } from "./support/command-line.ts";
import { eventually } from "./support/eventually.ts";
import type { Penstock } from "./support/penstock.ts";
import { childrenOf, isRunning } from "./support/process-table.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { startSecond } from "./support/second-controller.ts";

const roles = {
  controller: async (penstock: Penstock) => (await startSecond(penstock)).command,
  listener: startSecondListener,
};

for (const [role, start] of Object.entries(roles))
  test(`kill -9 of penstock ${role} ends its ${role}`, () =>
    withPenstock(
      ({ url, application }) => ({ echo: { urls: [url("/echo/")], module: application("echo") } }),
      async (penstock) => {
        const command = await start(penstock);
        const [pid] = childrenOf(command.pid, `apps/${role}/src/main.ts`);
        assert(pid !== undefined, `a ${role} runs`);
        command.child.kill("SIGKILL");
        await command.ended;
        await eventually("it is gone", () => isRunning(pid), { found: (runs) => !runs });
      },
    ));

/** A listener beside the one of `penstock up`, on another address. */
async function startSecondListener(penstock: Penstock): Promise<CommandLine> {
  const { state, environment, folder } = penstock.workspace;
  const [port = 0] = await freePorts(1);
  const [natsUrl = ""] = /nats:\/\/[\d.:]+/.exec(penstock.command.said) ?? [];
  const flags = {
    "nats-url": natsUrl,
    "nats-credentials-file": `${state}/keys/listener.credentials`,
    bind: "127.0.0.2",
    "operations-listen": `127.0.0.1:${port}`,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const command = new CommandLine(["listener", ...args], { environment, directory: folder });
  const ready = () => fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  await eventually("it serves", ready, {
    found: (answer) => answer?.status === 200,
    withinMs: 30_000,
  });
  return command;
}
