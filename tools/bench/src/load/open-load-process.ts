// The program of a load that does not wait: `node open-load-process.ts <port> <requests per second>`. Each request
// has a moment at which it is sent, whatever became of those before it, and its time runs from that moment: a
// server that stands still for a second makes a second's requests late, and all of them are counted. Every other
// one is a POST, which may not be repeated: what is lost of these stays lost. Goes on until SIGTERM; then it waits
// for the last answers and prints an OpenLoadReport.

import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { FAULTS_KEPT, type OpenLoadReport, type TimedRequest } from "./open-load.ts";

/** Longer than anything that may become of a request, and less than the limit of a stop, milliseconds. */
const ANSWER_LIMIT_MS = 15_000;

const [port = 0, perSecond = 1] = process.argv.slice(2).map(Number);
// In turn, so that no connection lies idle until the server closes it.
const agent = new Agent({ keepAlive: true, scheduling: "fifo" });
const requests: TimedRequest[] = [];
const faults: string[] = [];
const underWay = new Set<Promise<void>>();
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());

const firstAt = Date.now();
const startedAt = performance.now();
const intervalMs = 1000 / perSecond;
for (let sent = 0; !stop.signal.aborted; await pause(1))
  for (; startedAt + sent * intervalMs <= performance.now(); sent++) send(sent);
await Promise.all(underWay);
agent.destroy();
const report: OpenLoadReport = { requests, faults };
process.stdout.write(`${JSON.stringify(report)}\n`);

function send(nth: number): void {
  const dueAt = startedAt + nth * intervalMs;
  const answered = ask(nth % 2 === 0 ? "GET" : "POST").then((fault) => {
    const ms = Math.round((performance.now() - dueAt) * 100) / 100;
    requests.push([Math.round(firstAt + dueAt - startedAt), ms, fault === undefined ? 0 : 1]);
    if (fault !== undefined && faults.length < FAULTS_KEPT) faults.push(fault);
    underWay.delete(answered);
  });
  underWay.add(answered);
}

/** Resolves with what was wrong with the answer, if anything. */
function ask(method: "GET" | "POST"): Promise<string | undefined> {
  return new Promise((resolve) => {
    const wrong = (what: string): void => resolve(`${new Date().toISOString()} ${method}: ${what}`);
    const asked = request(
      { host: "127.0.0.1", port, path: "/", method, agent, timeout: ANSWER_LIMIT_MS },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => (body += text));
        response.once("error", ({ message }) => wrong(`the answer broke off: ${message}`));
        response.once("end", () => {
          if (response.statusCode === 200) resolve(undefined);
          else wrong(`${response.statusCode} ${body}`);
        });
      },
    );
    asked.once("timeout", () => asked.destroy(new Error(`no answer in ${ANSWER_LIMIT_MS} ms`)));
    asked.once("error", ({ message }) => wrong(message));
    asked.end(method === "POST" ? "1" : undefined);
  });
}
