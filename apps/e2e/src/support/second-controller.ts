// A controller of its own beside the one of `penstock up`, as on a second machine.

import { freePorts } from "@penstock/testing";
import { CommandLine } from "./command-line.ts";
import { eventually } from "./eventually.ts";
import type { Penstock } from "./penstock.ts";

/** For a process that starts on a machine that does much else, milliseconds. */
const PATIENCE_MS = 30_000;

/** A running `penstock controller`. */
export interface SecondController {
  readonly command: CommandLine;
  readonly port: number;
  readonly origin: string;
}

/** A controller beside the one of `penstock up`, with the same state. Resolves when it waits. */
export async function startSecond(penstock: Penstock): Promise<SecondController> {
  const { configuration, state, environment, folder } = penstock.workspace;
  const [port = 0] = await freePorts(1);
  const [natsUrl = ""] = /nats:\/\/[\d.:]+/.exec(penstock.command.said) ?? [];
  const flags = {
    config: configuration,
    state,
    "nats-url": natsUrl,
    "admin-listen": `127.0.0.1:${port}`,
    "log-level": "info",
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const command = new CommandLine(["controller", ...args], { environment, directory: folder });
  await eventually("the second waits", () => command.said, {
    found: (said) => said.includes("leader.waiting"),
    withinMs: PATIENCE_MS,
  });
  return { command, port, origin: `http://127.0.0.1:${port}` };
}
