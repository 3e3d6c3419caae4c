import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { test } from "node:test";
import { ApplicationError } from "./errors.ts";
import { hostModule } from "./host-module.ts";
import { exchangeWith } from "./recording-exchange.ts";

const handler = (_: IncomingMessage, res: ServerResponse): void => void res.end("answer");
const fetchAnswer = (): Response => new Response("answer");

async function failure(exported: unknown): Promise<ApplicationError> {
  const thrown: unknown = await hostModule(exported, { name: "./app.ts" }).catch(
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof ApplicationError);
  return thrown;
}

const accepted: [string, unknown, string][] = [
  ["a handler of two parameters", handler, "handler"],
  ["a server", createServer(handler), "server"],
  ["a TLS server", createTlsServer(handler).on("connection", () => {}), "server"],
  ["an object with fetch", { fetch: fetchAnswer }, "fetch"],
  ["a function with fetch", Object.assign(() => 1, { fetch: fetchAnswer }), "fetch"],
  ["a function of one parameter", (request: Request) => request && fetchAnswer(), "fetch"],
  ["a function without parameters that returns a Response", fetchAnswer, "fetch"],
  ["a factory of a handler", () => handler, "handler"],
  ["an async factory of a server", async () => createServer(handler), "server"],
  ["a factory of a fetch object", () => ({ fetch: fetchAnswer }), "fetch"],
  ["a promise of a handler", Promise.resolve(handler), "handler"],
];

for (const [what, exported, shape] of accepted) {
  test(`${what} is hosted as ${shape}`, async () => {
    const host = await hostModule(exported);
    assert.equal(host.shape, shape);
    assert.equal((await exchangeWith(host)).text, "answer");
    await host[Symbol.asyncDispose]();
  });
}

const refused: [string, unknown, RegExp][] = [
  ["nothing", undefined, /\.\/app\.ts exports undefined; accepted are a Fastify, Express or Koa/],
  ["a number", 7, /exports a number;/],
  ["a list", [handler], /exports an array;/],
  [
    "an object of no known shape",
    { start: 1, stop: 2 },
    /an object of class Object with start, stop;/,
  ],
  ["a class", class App extends Map {}, /exports the class App;/],
  [
    "a factory of nothing",
    () => undefined,
    /the factory that \.\/app\.ts exports returned undefined;/,
  ],
  ["a factory of a factory", () => () => handler, /returned a function without parameters;/],
];

for (const [what, exported, message] of refused) {
  test(`${what} is refused, with what was found and what is accepted`, async () => {
    const error = await failure(exported);
    assert.equal(error.code, "APPLICATION_SHAPE_UNKNOWN");
    assert.match(error.message, message);
  });
}

test("a factory that fails is a failed start, with its stack", async () => {
  const error = await failure(() => {
    throw new Error("no database");
  });
  assert.equal(error.code, "APPLICATION_START_FAILED");
  assert.match(error.message, /\.\/app\.ts failed to start: Error: no database\n {4}at /);
});

test("a Fastify application whose plugins fail does not start", async () => {
  const { default: fastify } = await import("fastify");
  const app = fastify();
  app.register(async () => {
    throw new Error("plugin without its database");
  });
  const error = await failure(app);
  assert.equal(error.code, "APPLICATION_START_FAILED");
  assert.match(error.message, /plugin without its database/);
});
