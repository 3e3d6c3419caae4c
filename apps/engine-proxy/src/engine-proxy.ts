// Stands between the controller and the engine: lets through what a worker runtime needs, and refuses the rest
// with 403 and the reason. It holds no state but which installation it works for: the first that is named.

import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Duplex } from "node:stream";
import { json } from "node:stream/consumers";
import { describeError, exhaustive } from "@penstock/foundation";
import { type Confinement, confinedContainer } from "./confined-container.ts";
import { type EngineCall, INSTALLATION, permitOf } from "./permitted-call.ts";

/** What a proxy works with. */
export interface EngineProxyParts extends Confinement {
  /** The engine's socket. */
  readonly engine: string;
  /** A call was refused. */
  readonly refused: (call: string, why: string) => void;
}

/** Longest body of a create call, bytes: an environment may be long. */
const BODY_MAX_BYTES = 4 * 1024 * 1024;

/** Versions of the API that are spoken: in older ones a start could change what was created. */
const VERSION = /^(?<version>\/v1\.(?:4[1-9]|[5-9]\d))?(?<rest>\/.*)$/;

/** A call that may be made. Of bodies only these go on: what was looked at, and the caller's archive. */
interface Passed {
  readonly path: string;
  readonly body?: string;
  readonly archive?: true;
}

/** Makes the server; the caller listens and closes. */
export function createEngineProxy(parts: EngineProxyParts): Server {
  const gate = new Gate(parts);
  const server = createServer((request, response) => {
    gate.check(request).then(
      (passed) => forward(parts.engine, passed, { request, response }),
      (why: unknown) => {
        parts.refused(`${request.method} ${request.url}`, describeError(why));
        refuse(response, describeError(why));
      },
    );
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    gate.check(request).then(
      ({ path }) => join(parts.engine, path, { request, socket, head }),
      (why: unknown) => {
        parts.refused(`${request.method} ${request.url}`, describeError(why));
        socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      },
    );
  });
  return server;
}

class Gate {
  readonly #parts: EngineProxyParts;
  #installation: string | undefined;

  constructor(parts: EngineProxyParts) {
    this.#parts = parts;
  }

  /** Rejects with why a call may not be made. */
  async check(request: IncomingMessage): Promise<Passed> {
    const { version, call } = callOf(request);
    const search = call.query.size > 0 ? `?${call.query.toString()}` : "";
    const path = `${version}${call.path}${search}`;
    const permit = permitOf(call);
    switch (permit.kind) {
      case "free":
        return { path };
      case "filtered":
        this.#belongs(permit.installation);
        return { path };
      case "touches":
        await this.#mine(permit.container);
        return { path, ...(call.method === "PUT" && { archive: true }) };
      case "creates":
        return { path, body: await this.#confined(request) };
      case "refused":
        throw new Error("this call is not permitted");
      default:
        return exhaustive(permit);
    }
  }

  async #confined(request: IncomingMessage): Promise<string> {
    if (Number(request.headers["content-length"] ?? Infinity) > BODY_MAX_BYTES)
      throw new Error("its body has no length, or too great a one");
    const body = await json(request);
    const container = confinedContainer(body, this.#parts);
    if (typeof container === "string") throw new Error(container);
    this.#belongs(container.installation);
    if (container.joins !== undefined) await this.#mine(container.joins);
    // Written anew: what the engine reads is what was looked at, whatever it makes of doubled keys.
    return JSON.stringify(body);
  }

  #belongs(installation: string): void {
    this.#installation ??= installation;
    if (installation !== this.#installation) throw new Error("it is another installation's");
  }

  /** One that is not there is the engine's to tell. */
  async #mine(container: string): Promise<void> {
    const answer = await ask(this.#parts.engine, `/containers/${container}/json`);
    if (answer.statusCode === 404) {
      answer.resume();
      return;
    }
    const { Config } = (await json(answer)) as {
      Config?: { Labels?: Readonly<Record<string, string>> };
    };
    const installation = Config?.Labels?.[INSTALLATION];
    if (installation === undefined) throw new Error("this container is no worker");
    this.#belongs(installation);
  }
}

function callOf(request: IncomingMessage): { version: string; call: EngineCall } {
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const { version = "", rest = "" } = VERSION.exec(path)?.groups ?? {};
  const call = { method: request.method ?? "", path: rest, query: new URLSearchParams(query) };
  return { version, call };
}

function ask(engine: string, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest({ socketPath: engine, path, headers: { Host: "docker" } }, resolve)
      .on("error", reject)
      .end();
  });
}

function forward(
  engine: string,
  passed: Passed,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): void {
  const { path, body, archive } = passed;
  const headers = headersOf(request, passed);
  const { method = "GET" } = request;
  const onward = httpRequest({ socketPath: engine, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    // Events may be long in coming; that they are followed is to be known at once.
    response.flushHeaders();
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  onward.on("error", (cause) => {
    if (response.headersSent) response.destroy();
    else refuse(response, `the engine does not answer: ${cause.message}`, 502);
  });
  response.on("close", () => onward.destroy());
  if (archive) request.pipe(onward);
  else onward.end(body);
}

function headersOf(request: IncomingMessage, { body, archive }: Passed): Record<string, string> {
  const headers: Record<string, string> = { Host: "docker" };
  const registry = request.headers["x-registry-auth"];
  if (typeof registry === "string") headers["X-Registry-Auth"] = registry;
  if (body !== undefined || archive)
    headers["Content-Type"] = request.headers["content-type"] ?? "";
  if (body !== undefined) headers["Content-Length"] = String(Buffer.byteLength(body));
  return headers;
}

function join(
  engine: string,
  path: string,
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
): void {
  const headers = { Host: "docker", Connection: "Upgrade", Upgrade: "tcp" };
  const onward = httpRequest({ socketPath: engine, method: request.method, path, headers });
  onward.on("upgrade", (_answer, engineSocket: Duplex, engineHead: Buffer) => {
    engineSocket.on("error", () => socket.destroy());
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    socket.write(engineHead);
    engineSocket.write(head);
    socket.pipe(engineSocket).pipe(socket);
    socket.on("close", () => engineSocket.destroy());
  });
  onward.on("response", (answer) => {
    socket.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n`);
    socket.write("Connection: close\r\nContent-Type: application/json\r\n\r\n");
    answer.pipe(socket);
  });
  onward.on("error", () => socket.destroy());
  onward.end();
}

function refuse(response: ServerResponse, why: string, status = 403): void {
  // As the engine words it, so that whoever called shows it.
  const body = JSON.stringify({ message: `refused by the engine proxy: ${why}` });
  response.writeHead(status, { "Content-Type": "application/json", Connection: "close" }).end(body);
}
