// The server of an image that knows nothing of Penstock. What it is asked for it does:
//
//   /…               answers with the path and the body; `?wait=<ms>` takes its time first
//   /exit            ends without an answer
//   /fill            takes memory until it is ended
//   /environment     its variables, and the files of /run/secrets
//   /reach           tries to connect to `?host=` and `?port=`, sends `?say=`, and tells what came of it
//   /files           tries to write, and looks for the engine's socket

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";

const PORT = 3000;

/** A connection that is neither made nor refused in this time leads nowhere, milliseconds. */
const PATIENCE_MS = 1500;

createServer((request, response) => void answer(request, response)).listen(PORT);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://plain");
  const body = await text(request);
  const action = url.pathname.split("/").at(-1);
  if (action === "exit") process.exit(7);
  if (action === "fill") for (const kept: Buffer[] = []; ;) kept.push(Buffer.alloc(1 << 20, 1));
  if (action === "environment")
    response.end(JSON.stringify({ variables: process.env, secrets: secrets() }));
  else if (action === "reach") response.end(await reach(url.searchParams));
  else if (action === "files") response.end(files());
  else {
    await delay(Number(url.searchParams.get("wait") ?? 0));
    response.end(`${url.pathname} ${body}`);
  }
}

function secrets(): Record<string, string> {
  const folder = "/run/secrets";
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")]));
}

function reach(query: URLSearchParams): Promise<string> {
  const host = query.get("host") ?? "";
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(query.get("port")) });
    let said = "";
    const end = (outcome: string) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(PATIENCE_MS, () => end(socket.connecting ? "silence" : `connected ${said}`));
    socket.on("connect", () => socket.write(query.get("say") ?? ""));
    socket.on("data", (bytes: Buffer) => (said += bytes.toString()));
    socket.on("close", () => end(`connected ${said}`));
    socket.on("error", (failure: NodeJS.ErrnoException) => end(failure.code ?? failure.message));
  });
}

function files(): string {
  const written = ["/", "/tmp"].map((folder) => {
    try {
      writeFileSync(`${folder}/written`, "");
      return "written";
    } catch (thrown) {
      return (thrown as NodeJS.ErrnoException).code ?? "";
    }
  });
  return [...written, existsSync("/var/run/docker.sock") ? "socket" : "no socket"].join(" ");
}
