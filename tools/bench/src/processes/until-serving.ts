// Waits until a server that was just started serves. One that ends before, or answers something else, is
// reported with what it said.

import { setTimeout as pause } from "node:timers/promises";
import { expectedBody } from "../applications/application.ts";
import type { StartedProcess } from "./child-processes.ts";
import { firstAnswer, type Answer, type Question } from "./first-answer.ts";

/** A server that does not serve by then never will, milliseconds. */
const START_LIMIT_MS = 30_000;

/** Between two questions to one that says it is not ready, milliseconds. */
const RETRY_MS = 20;

/** Resolves when the application's answer comes from `port`. Rejects when `server` ends, or says something else. */
export async function untilServing(server: StartedProcess, port: number): Promise<void> {
  const answer = await orEnded(server, firstAnswer({ port, path: "/" }, START_LIMIT_MS));
  if (answer.status !== 200 || answer.body !== expectedBody) throw unexpected(server, answer);
}

/** Resolves when a health check says 200. Rejects when `server` ends, or says something else for too long. */
export async function untilReady(
  server: StartedProcess,
  check: Question,
  limitMs = START_LIMIT_MS,
): Promise<void> {
  const latest = performance.now() + limitMs;
  for (;;) {
    const answer = await orEnded(server, firstAnswer(check, limitMs));
    if (answer.status === 200) return;
    if (performance.now() > latest) throw unexpected(server, answer);
    await pause(RETRY_MS);
  }
}

function orEnded<Value>(server: StartedProcess, value: Promise<Value>): Promise<Value> {
  const ended = server.exited.then((code) => {
    throw new Error(`${server.name} ended (${code}) before it served:\n${server.output}`);
  });
  return Promise.race([value, ended]);
}

function unexpected({ name, output }: StartedProcess, { status, body }: Answer): Error {
  return new Error(`${name} answers ${status} ${body}\n${output}`);
}
