// The program of a crowd: `node burst-process.ts <requests> <port,port,...>`. All requests are sent at once, in turn
// to the ports; one that nobody listens on yet is tried again until somebody does. Prints a BurstReport.

import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { BurstReport } from "./burst.ts";

/** Between two tries to connect, milliseconds. */
const RETRY_MS = 5;

/** Who is not answered by then is not answered, milliseconds. */
const LIMIT_MS = 60_000;

const [count = "0", list = ""] = process.argv.slice(2);
const ports = list.split(",").map(Number);
const agent = new Agent({ keepAlive: true });
const startedAt = performance.now();

const answers = await Promise.all(
  Array.from({ length: Number(count) }, (_, nth) => answer(ports[nth % ports.length] ?? 0)),
);
agent.destroy();
const report: BurstReport = {
  answeredMs: answers.filter((ms) => ms !== undefined),
  failed: answers.filter((ms) => ms === undefined).length,
};
process.stdout.write(`${JSON.stringify(report)}\n`);

async function answer(port: number): Promise<number | undefined> {
  while (performance.now() - startedAt < LIMIT_MS) {
    const status = await ask(port);
    if (status !== "nobody listens")
      return status === 200 ? performance.now() - startedAt : undefined;
    await pause(RETRY_MS);
  }
  return undefined;
}

function ask(port: number): Promise<number | "nobody listens" | undefined> {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path: "/", agent }, (response) => {
      response.resume();
      response.once("error", () => resolve(undefined));
      response.once("end", () => resolve(response.statusCode));
    });
    asked.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ECONNREFUSED" ? "nobody listens" : undefined),
    );
    asked.end();
  });
}
