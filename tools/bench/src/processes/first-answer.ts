// Waits for the first answer of a server that may not listen yet: connects again and again, then asks once.
// The cold start is measured with it, so that both sides are measured by the same client.

import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Pause between two attempts to connect, milliseconds: the grain of what is measured. */
const RETRY_MS = 1;

/** An answer that was read to its last byte. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What is asked: `GET` of a path on a port, of this machine's loopback where no address is said. */
export interface Question {
  readonly host?: string;
  readonly port: number;
  readonly path: string;
}

/** Asks as soon as somebody listens. Rejects after `limitMs`. */
export async function firstAnswer(asked: Question, limitMs: number): Promise<Answer> {
  const { host = "127.0.0.1", port, path } = asked;
  const limit = AbortSignal.timeout(limitMs);
  for (;;) {
    const socket = await tryConnect(host, port);
    if (socket) return ask(socket, { host, port, path }, limit);
    if (limit.aborted) throw new Error(`nobody listened on ${host}:${port} within ${limitMs} ms`);
    await pause(RETRY_MS);
  }
}

function tryConnect(host: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}

function ask(
  socket: Socket,
  { host, port, path }: Required<Question>,
  signal: AbortSignal,
): Promise<Answer> {
  const headers = { host: `${host}:${port}`, connection: "close" };
  return new Promise((resolve, reject) => {
    const asked = request({ path, headers, signal, createConnection: () => socket });
    asked.once("error", reject);
    asked.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.end();
  });
}
