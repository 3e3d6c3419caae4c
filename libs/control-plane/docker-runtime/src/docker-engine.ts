// The engine's HTTP API: calls that end, streams that do not, and attaching to a container. The version is
// negotiated: the newest that both know. Nothing of the API is known here but how it is spoken.

import { once } from "node:events";
import { type IncomingMessage, request as httpRequest, type ClientRequest } from "node:http";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { WorkerRuntimeUnavailable } from "@penstock/activation";
import { describeError, ServiceError } from "@penstock/foundation";
import type { EngineEndpoint } from "./engine-endpoint.ts";
import { type EngineCallObserver, engineOperation } from "./engine-operation.ts";
import { EngineRefusal, refusalMessage } from "./engine-refusal.ts";

/** Oldest and newest version of the API that this speaks: Docker 20.10 and 27. */
const VERSION_MIN = 41;
const VERSION_MAX = 47;

/** An engine that says nothing for so long is taken for dead, milliseconds. A start on a busy machine takes seconds. */
const SILENCE_MS = 60_000;

/** What goes with a call. */
export interface EngineCall {
  readonly query?: Readonly<Record<string, string>>;
  /** A value is sent as JSON, bytes as a tar archive. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** True where the engine answers only when something has happened, however long that takes. */
  readonly patient?: boolean;
}

/** A reachable engine. */
export class DockerEngine {
  readonly #endpoint: EngineEndpoint;
  readonly #prefix: string;
  readonly #called: EngineCallObserver;

  private constructor(endpoint: EngineEndpoint, prefix: string, called: EngineCallObserver) {
    this.#endpoint = endpoint;
    this.#prefix = prefix;
    this.#called = called;
  }

  /** Finds out which version to speak. Throws {@link WorkerRuntimeUnavailable}, or ServiceError ENGINE_TOO_OLD. */
  static async open(
    endpoint: EngineEndpoint,
    called: EngineCallObserver = () => {},
  ): Promise<DockerEngine> {
    const ping = await new DockerEngine(endpoint, "", called).stream("GET", "/_ping");
    ping.resume();
    const theirs = String(ping.headers["api-version"]);
    const minor = Number(/^1\.(\d+)$/.exec(theirs)?.[1] ?? 0);
    if (minor >= VERSION_MIN)
      return new DockerEngine(endpoint, `/v1.${Math.min(minor, VERSION_MAX)}`, called);
    throw new ServiceError(
      `the Docker engine at ${endpoint.text} speaks API ${theirs}, 1.${VERSION_MIN} is needed`,
      { code: "ENGINE_TOO_OLD", remedy: "Use Docker 20.10 or newer." },
    );
  }

  /** One call, its answer read as JSON. Throws {@link EngineRefusal} or {@link WorkerRuntimeUnavailable}. */
  async call<Answer = void>(method: string, path: string, call: EngineCall = {}): Promise<Answer> {
    const response = await this.stream(method, path, call);
    const body = await text(response).catch((thrown: unknown) => {
      throw this.#unavailable(thrown);
    });
    return (body === "" ? undefined : JSON.parse(body)) as Answer;
  }

  /** One call whose answer is read as it comes. Throws as {@link call} does; a break later ends the stream. */
  async stream(method: string, path: string, call: EngineCall = {}): Promise<IncomingMessage> {
    const operation = engineOperation(method, path);
    const startedAt = performance.now();
    const told = (failed: boolean): void =>
      this.#called(operation, (performance.now() - startedAt) / 1000, failed);
    try {
      const response = await this.#exchange(method, path, call);
      told(false);
      return response;
    } catch (thrown) {
      // That something is not there, or is under way already, is an answer; the engine did what it could.
      told(!(thrown instanceof EngineRefusal) || thrown.status >= 500);
      throw thrown;
    }
  }

  async #exchange(method: string, path: string, call: EngineCall): Promise<IncomingMessage> {
    const { request, body } = this.#request(method, path, call);
    if (call.patient !== true)
      request.setTimeout(SILENCE_MS, () =>
        request.destroy(new Error("it said nothing for a minute")),
      );
    request.end(body);
    const response = await this.#answer(request, "response");
    // From here on silence is no fault: whoever reads decides how long.
    request.setTimeout(0);
    await this.#refuse(response);
    return response;
  }

  /** One call whose answer comes in lines. Throws as {@link call} does, at whichever line. */
  async *lines(method: string, path: string, call: EngineCall = {}): AsyncGenerator<string> {
    const response = await this.stream(method, path, call);
    try {
      for await (const line of createInterface(response)) yield line;
    } catch (thrown) {
      throw this.#unavailable(thrown);
    }
  }

  /** Attaches to a container; the socket carries its output in frames and, with `input`, its standard input. */
  async attach(container: string, input: boolean): Promise<Duplex> {
    const { request } = this.#request("POST", `/containers/${container}/attach`, {
      query: { stream: "1", stdout: "1", stderr: "1", ...(input && { stdin: "1" }) },
      headers: { Connection: "Upgrade", Upgrade: "tcp" },
    });
    const refused = once(request, "response").then(async ([response]: unknown[]) => {
      await this.#refuse(response as IncomingMessage);
      throw new EngineRefusal(200, "the engine answered, and did not attach");
    });
    // Heard below, unless the upgrade came first.
    refused.catch(() => {});
    request.end();
    const upgraded = new Promise<Duplex>((resolve) => {
      request.once("upgrade", (_response, socket: Duplex, head: Buffer) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
    });
    try {
      return await Promise.race([upgraded, refused]);
    } catch (thrown) {
      throw thrown instanceof EngineRefusal ? thrown : this.#unavailable(thrown);
    }
  }

  #request(
    method: string,
    path: string,
    { query = {}, body, headers = {} }: EngineCall,
  ): { readonly request: ClientRequest; readonly body: Buffer | string | undefined } {
    const search = new URLSearchParams(query).toString();
    const isArchive = Buffer.isBuffer(body);
    const bytes = body === undefined || isArchive ? body : JSON.stringify(body);
    const type = isArchive ? "application/x-tar" : "application/json";
    const { text: _, ...where } = this.#endpoint;
    const request = httpRequest({
      ...where,
      // A connection of its own for each call: they cost microseconds, and none is stale after a restart.
      agent: false,
      method,
      path: `${this.#prefix}${path}${search === "" ? "" : `?${search}`}`,
      headers: {
        Host: "docker",
        ...(bytes !== undefined && {
          "Content-Type": type,
          "Content-Length": Buffer.byteLength(bytes),
        }),
        ...headers,
      },
    });
    return { request, body: bytes };
  }

  async #answer(request: ClientRequest, event: "response"): Promise<IncomingMessage> {
    try {
      const [response] = (await once(request, event)) as [IncomingMessage];
      // A connection that breaks later ends the stream; whoever reads it is told there.
      request.on("error", () => {});
      return response;
    } catch (thrown) {
      throw this.#unavailable(thrown);
    }
  }

  async #refuse(response: IncomingMessage): Promise<void> {
    const { statusCode = 0 } = response;
    if (statusCode < 400) return;
    const body = await text(response).catch(() => "");
    throw new EngineRefusal(statusCode, refusalMessage(statusCode, body));
  }

  #unavailable(cause: unknown): WorkerRuntimeUnavailable {
    const what = `the Docker engine at ${this.#endpoint.text} does not answer`;
    return new WorkerRuntimeUnavailable(`${what}: ${describeError(cause)}`, cause);
  }
}
