// For tests: the program of a worker process. It reads its bootstrap as a worker host does, then does
// what the variable BEHAVIOUR says, and nothing that a real worker host would do.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerBehaviour } from "@penstock/activation/conformance";
import type { WorkerBootstrap } from "@penstock/activation";
import { NEVER_SUSPENDED } from "@penstock/domain";

/** What a worker of the tests may do: the contract's behaviours and some that only processes have. */
export type TestBehaviour =
  | WorkerBehaviour
  /** Prints `tick 0`, `tick 1`, … every few milliseconds until it is asked to drain. */
  | { readonly kind: "ticks" }
  /** Starts a child, prints `child <pid>`, and exits when drained, telling whether the child still lived. */
  | { readonly kind: "has-a-child" }
  /**
   * Starts a child in a session of its own, which has a child, and a guard that is not to be frozen; prints
   * `family <child> <its child> <guard>`.
   */
  | { readonly kind: "has-a-family" }
  /** Writes so many lines of 8 KiB, then `done`, then idles. */
  | { readonly kind: "floods"; readonly lines: number }
  /** Allocates until V8 gives up. */
  | { readonly kind: "exhausts-its-heap" };

const input = await text(process.stdin);
if (input === "") process.exit(70);
const bootstrap = JSON.parse(input) as WorkerBootstrap;
await behave(JSON.parse(process.env["BEHAVIOUR"] ?? "") as TestBehaviour);

async function behave(behaviour: TestBehaviour): Promise<void> {
  switch (behaviour.kind) {
    case "idles":
      onDrain(() => process.exit(0));
      return print("idling");
    case "ignores-drain":
      onDrain(() => {});
      return print("idling");
    case "tells-time":
      setInterval(() => print(`at ${Date.now()}`), 5);
      return onDrain(() => process.exit(0));
    case "exits":
      return process.exit(behaviour.code);
    case "prints":
      process[behaviour.stream].write(behaviour.text);
      return process.exit(0);
    case "tells-what-it-was-given":
      print(`environment ${JSON.stringify(process.env)}`);
      print(`credentials ${bootstrap.credentials}`);
      return process.exit(0);
    case "ticks":
      return tick();
    case "has-a-child":
      return haveAChild();
    case "has-a-family":
      return await haveAFamily();
    case "floods":
      for (let line = 0; line < behaviour.lines; line++) print("x".repeat(8191));
      onDrain(() => process.exit(0));
      return print("done");
    case "exhausts-its-heap":
      return exhaustHeap();
    case "cannot-start":
      return undefined;
  }
}

async function tick(): Promise<void> {
  onDrain(() => process.exit(0));
  for (let count = 0; ; count++) {
    print(`tick ${count}`);
    await sleep(5);
  }
}

function haveAChild(): void {
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  onDrain(() => {
    print(child.exitCode === null && child.signalCode === null ? "child lives" : "child died");
    process.exit(0);
  });
  print(`child ${child.pid}`);
}

async function haveAFamily(): Promise<void> {
  const child = spawn("/bin/sh", ["-c", "sleep 1000 & echo $!; wait"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const guard = spawn("sleep", ["1000"], {
    detached: true,
    stdio: "ignore",
    env: { [NEVER_SUSPENDED]: "1" },
  });
  const [grandchild] = (await once(child.stdout, "data")) as [Buffer];
  onDrain(() => process.exit(0));
  print(`family ${child.pid} ${Number(grandchild.toString())} ${guard.pid}`);
}

function exhaustHeap(): void {
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 10_000 }, () => Math.random()));
}

function onDrain(run: () => void): void {
  process.on("SIGTERM", run);
  // Something has to keep the process alive.
  setInterval(() => {}, 60_000);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
