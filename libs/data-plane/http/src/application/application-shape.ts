// Which of the shapes that can be hosted an exported value has. The first row that fits counts:
//
//   server      an http.Server or https.Server                createServer(...)
//   fastify     an object with ready() and routing()          Fastify
//   koa         an object with callback() and middleware      Koa
//   fetch       an object or function with a method fetch     Hono, Elysia, Workers, Bun, Deno
//   express     a function with handle() and use()            Express, Connect
//   handler     a function of two or more parameters          (req, res) => ...
//   fetch       a function of one parameter                   (request) => Response
//   factory     a function without parameters                 () => any of the above, or a promise of it
//
// Functions are told apart by the parameters that they declare (`length`): defaults and rest parameters do
// not count. A class is none of them.

import { Server as HttpServer } from "node:http";
import type { RequestListener } from "node:http";
import { Server as HttpsServer } from "node:https";
import { types } from "node:util";

/** A function from request to response, as the fetch standard has them. */
export type FetchFunction = (
  request: Request,
  environment: NodeJS.ProcessEnv,
  context: FetchContext,
) => unknown;

/** What a Workers-style handler gets as its third parameter. */
export interface FetchContext {
  /** The answer does not wait for this promise; when it rejects, the log says so. */
  waitUntil(work: Promise<unknown>): void;
  /** There is no origin behind the application: does nothing. */
  passThroughOnException(): void;
}

/** The part of a Fastify instance that hosting needs. */
export interface FastifyApplication {
  readonly server: unknown;
  readonly routing: RequestListener;
  ready(): PromiseLike<unknown>;
  close(): PromiseLike<unknown>;
}

/** An exported value by its shape. */
export type ApplicationShape =
  | { readonly kind: "fastify"; readonly application: FastifyApplication }
  | { readonly kind: "koa"; readonly listener: RequestListener }
  | { readonly kind: "server"; readonly server: HttpServer }
  | { readonly kind: "express"; readonly listener: RequestListener }
  | { readonly kind: "handler"; readonly listener: RequestListener }
  | { readonly kind: "fetch"; readonly fetch: FetchFunction }
  | { readonly kind: "factory"; readonly make: () => unknown };

type Members = Record<string, unknown>;

/** The shape of `exported`; undefined when it has none that can be hosted. */
export function shapeOf(exported: unknown): ApplicationShape | undefined {
  if (exported === null || (typeof exported !== "object" && typeof exported !== "function")) {
    return undefined;
  }
  return shapeByMembers(exported as Members) ?? shapeByParameters(exported);
}

function shapeByMembers(exported: Members): ApplicationShape | undefined {
  const has = (name: string): boolean => typeof exported[name] === "function";
  if (exported instanceof HttpServer || exported instanceof HttpsServer) {
    return { kind: "server", server: exported as HttpServer };
  }
  if (has("ready") && has("routing") && has("close")) {
    return { kind: "fastify", application: exported as unknown as FastifyApplication };
  }
  if (has("callback") && Array.isArray(exported["middleware"])) {
    const { callback } = exported as { callback: () => RequestListener };
    return { kind: "koa", listener: callback.call(exported) };
  }
  if (has("fetch")) {
    const { fetch } = exported as { fetch: FetchFunction };
    return { kind: "fetch", fetch: fetch.bind(exported) };
  }
  if (typeof exported === "function" && has("handle") && has("use")) {
    return { kind: "express", listener: exported as unknown as RequestListener };
  }
  return undefined;
}

function shapeByParameters(exported: object): ApplicationShape | undefined {
  if (typeof exported !== "function" || isClass(exported)) return undefined;
  if (exported.length >= 2) return { kind: "handler", listener: exported as RequestListener };
  if (exported.length === 1) return { kind: "fetch", fetch: exported as FetchFunction };
  return { kind: "factory", make: exported as () => unknown };
}

function isClass(value: Function): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

/** What was found, in words for the message that refuses it. */
export function describeExport(exported: unknown): string {
  if (exported === null || exported === undefined) return String(exported);
  if (typeof exported === "function") {
    return isClass(exported) ? `the class ${exported.name}` : "a function without parameters";
  }
  if (typeof exported !== "object") return `a ${typeof exported}`;
  if (types.isModuleNamespaceObject(exported)) return "a module namespace";
  if (Array.isArray(exported)) return "an array";
  const name = exported.constructor?.name ?? "Object";
  const members = Object.keys(exported).slice(0, 8);
  return `an object of class ${name} with ${members.join(", ") || "no members"}`;
}

/** What can be hosted, in words for the same message. */
export const acceptedShapes =
  "a Fastify, Express or Koa application, an http.Server, a (req, res) handler, " +
  "an object with a fetch(request) method, a fetch function of one parameter, " +
  "or a function without parameters that returns one of these";
