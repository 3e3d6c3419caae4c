// A socket in front of the engine that can be cut: to a runtime behind it the engine is away then, and its
// containers run on, as with `live-restore`.

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEngineEndpoint } from "../engine-endpoint.ts";

/** A proxy that lets everything through until it is cut. */
export class EngineProxy implements AsyncDisposable {
  readonly #folder: string;
  readonly #engine: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  /** Starts in front of the engine of this address. */
  static async start(engine: string): Promise<EngineProxy> {
    const proxy = new EngineProxy(await mkdtemp(join(tmpdir(), "penstock-engine-")), engine);
    await proxy.restore();
    return proxy;
  }

  private constructor(folder: string, engine: string) {
    this.#folder = folder;
    this.#engine = engine;
  }

  get address(): string {
    return `unix://${this.#path}`;
  }

  get #path(): string {
    return join(this.#folder, "engine.sock");
  }

  /** Breaks every connection and takes no more. */
  async cut(): Promise<void> {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server) await once(this.#server, "close");
    this.#server = undefined;
  }

  /** Lets through again. */
  async restore(): Promise<void> {
    const { text: _, ...where } = parseEngineEndpoint(this.#engine);
    const to = "socketPath" in where ? { path: where.socketPath } : where;
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ ...to, allowHalfOpen: true });
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    this.#server.listen(this.#path);
    await once(this.#server, "listening");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
