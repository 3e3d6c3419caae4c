// A process whose life the tests lead: it starts two parts, says what happens to them on standard output,
// and has one scenario by name for everything that a start and a stop can run into.

import { setTimeout as sleep } from "node:timers/promises";

import { ServiceError } from "@penstock/foundation";

import { createLog, readSettings, runProcess, type ProcessControl } from "../../index.ts";

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

type Scenario = (control: ProcessControl, signal: AbortSignal) => Promise<void> | void;

/** What happens between the start of the first part and the start of the second. */
const scenarios: Record<string, Scenario> = {
  runs: () => {},
  "stops slowly": (control) => control.stopWithin(60_000),
  "never stops": (control) => control.stopWithin(300),
  "lets go when it is cut": (control) => control.stopWithin(1000),
  "start takes long": (_, signal) => {
    say("starting");
    return sleep(60_000, undefined, { signal });
  },
  "start is refused": () => {
    throw new ServiceError("Port 80 cannot be opened", {
      code: "PORT_REFUSED",
      remedy: "Take another port.",
      cause: new Error("listen EACCES"),
    });
  },
  "settings are wrong": () => void readSettings({ port: { kind: "int", about: "a port" } }),
  "start has a bug": () => {
    throw new TypeError("not a function");
  },
  "throws later": () =>
    void setTimeout(() => {
      throw new Error("nobody caught this");
    }, 10),
  "rejects later": () =>
    void setTimeout(() => void Promise.reject(new Error("nobody awaited this")), 10),
  "fails later": (control) =>
    void setTimeout(
      () => control.fail(new ServiceError("The broker is gone", { code: "GONE" })),
      10,
    ),
  "stops by itself": (control) => void setTimeout(() => control.stop("idle"), 10),
};

const [name = "", loggingArgument] = process.argv.slice(2);

await runProcess(
  "test",
  async (stack, signal, control) => {
    if (loggingArgument === "logging")
      control.logTo(createLog({ component: "test", level: "info", pretty: false }));
    stack.defer(() => void say("first part stopped"));
    await scenarios[name]?.(control, signal);
    stack.defer(async () => {
      say("second part stops");
      if (name === "stops slowly" || name === "never stops") await sleep(30_000);
      if (name === "lets go when it is cut")
        await sleep(30_000, undefined, { signal: control.cut }).catch(() => say("cut"));
      say("second part stopped");
    });
    signal.addEventListener("abort", () => say("asked to stop"));
    say("running");
  },
  { lifeline: true },
);
