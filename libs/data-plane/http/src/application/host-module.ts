// From an exported value to a host that runs requests in it. Unmodified applications: each gets the
// interface that it was written for, genuine node:http objects or genuine fetch objects.

import { createServer, Server as HttpServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import { exhaustive } from "@penstock/foundation";
import type { ApplicationHost } from "@penstock/request-queue";
import { acceptedShapes, describeExport, shapeOf } from "./application-shape.ts";
import type { ApplicationShape, FastifyApplication } from "./application-shape.ts";
import { ApplicationError } from "./errors.ts";
import { AcceptedSocket } from "./connection-pair.ts";
import { ExchangeSocket } from "./exchange-socket.ts";
import { hostFetch } from "./fetch-host.ts";
import { hostServer } from "./node-host.ts";
import { describeThrown } from "./thrown.ts";

/** How a module is hosted. */
export interface ModuleHostOptions {
  /** What messages call the module: its path. */
  readonly name?: string;
  /** Takes what goes wrong after the answer, or where the client gets a 500; one text for the log. */
  readonly report?: (detail: string) => void;
}

/** A hosted module. */
export interface ModuleHost extends ApplicationHost {
  /** What the export turned out to be. */
  readonly shape: HostedShape["kind"];
}

type HostedShape = Exclude<ApplicationShape, { readonly kind: "factory" }>;

/**
 * Makes a host of what a module exports (or of a promise of it). Factories are called, Fastify is made
 * ready. Throws an {@link ApplicationError} when the export is nothing that can be hosted, or when its own
 * start fails. Disposing the host closes the application where it has a way to be closed.
 */
export async function hostModule(
  exported: unknown,
  options: ModuleHostOptions = {},
): Promise<ModuleHost> {
  const shape = await settledShape(exported, options.name ?? "the module");
  const host = await hostShape(shape, options);
  return {
    shape: shape.kind,
    handle: (exchange) => host.handle(exchange),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

/** The shape itself, or that of what its factory makes. A factory of a factory is a mistake. */
async function settledShape(exported: unknown, name: string): Promise<HostedShape> {
  const value = await started(name, () => exported);
  const shape = shapeOf(value);
  if (shape === undefined) throw unknownShape(`${name} exports ${describeExport(value)}`);
  if (shape.kind !== "factory") return shape;
  const made = await started(name, shape.make);
  // A handler that ignores its request declares no parameter either.
  if (made instanceof Response) return { kind: "fetch", fetch: shape.make };
  const madeShape = shapeOf(made);
  if (madeShape === undefined || madeShape.kind === "factory") {
    throw unknownShape(`the factory that ${name} exports returned ${describeExport(made)}`);
  }
  return madeShape;
}

async function hostShape(shape: HostedShape, options: ModuleHostOptions): Promise<ApplicationHost> {
  const report = options.report ?? (() => {});
  switch (shape.kind) {
    case "fetch":
      return hostFetch(shape.fetch, report);
    case "server":
      return hostServer({ server: shape.server, report, close: () => closeServer(shape.server) });
    case "fastify":
      return hostFastify(shape.application, report, options.name ?? "the module");
    case "koa":
    case "express":
    case "handler": {
      const server = createServer(guarded(shape.listener));
      return hostServer({ server, report, close: async () => {} });
    }
    default:
      return exhaustive(shape);
  }
}

async function hostFastify(
  application: FastifyApplication,
  report: (detail: string) => void,
  name: string,
): Promise<ApplicationHost> {
  await started(name, () => application.ready());
  const own = application.server;
  // Its own server has what the application added to it. One made by a serverFactory may speak no HTTP/1.
  const genuine = own instanceof HttpServer || own instanceof HttpsServer;
  const server = genuine ? (own as HttpServer) : createServer(application.routing);
  return hostServer({ server, report, close: async () => void (await application.close()) });
}

/** A handler that returns a promise fails when the promise does. */
function guarded(listener: RequestListener): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    const returned: unknown = listener(request, response);
    if (!isThenable(returned)) return;
    returned.then(undefined, (thrown: unknown) => {
      const { socket } = request;
      if (socket instanceof ExchangeSocket || socket instanceof AcceptedSocket)
        socket.failExchange(thrown);
    });
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || typeof value !== "object" || !("then" in value)) return false;
  return typeof value.then === "function";
}

/** Closing tells the application, whether its server ever listened or not. */
async function closeServer(server: HttpServer): Promise<void> {
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}

async function started(name: string, start: () => unknown): Promise<unknown> {
  try {
    return await start();
  } catch (cause) {
    throw new ApplicationError(
      "APPLICATION_START_FAILED",
      `${name} failed to start: ${describeThrown(cause)}`,
      { cause },
    );
  }
}

function unknownShape(found: string): ApplicationError {
  return new ApplicationError(
    "APPLICATION_SHAPE_UNKNOWN",
    `${found}; accepted are ${acceptedShapes}`,
  );
}
