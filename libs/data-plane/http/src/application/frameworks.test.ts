// Unmodified applications of the frameworks that people use, hosted as they are exported.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import express from "express";
import type { NextFunction, Request as ExpressRequest, Response as ExpressResponse } from "express";
import { Readable } from "node:stream";
import fastify from "fastify";
import Koa from "koa";
import { hostModule } from "./host-module.ts";
import { RecordingExchange, exchangeWith, turn } from "./recording-exchange.ts";

const json = {
  method: "POST",
  rawHeaders: ["Host", "shop.example", "Content-Type", "application/json", "Content-Length", "7"],
  firstBody: '{"a":1}',
};

test("Express: routes, body parser, cookies, errors, and its own 404", async () => {
  const app = express();
  app.use(express.json());
  app.post("/things/:id", (req: ExpressRequest, res: ExpressResponse) => {
    res.cookie("a", "1").cookie("b", "2").status(201);
    res.json({ id: req.params["id"], body: req.body as unknown, host: req.hostname, ip: req.ip });
  });
  app.get("/fails", () => {
    throw new Error("on purpose");
  });
  app.use((error: Error, _: ExpressRequest, res: ExpressResponse, next: NextFunction) => {
    if (res.headersSent) next(error);
    else res.status(500).send(error.message);
  });
  const host = await hostModule(app);
  assert.equal(host.shape, "express");
  const made = await exchangeWith(host, { ...json, target: "/things/7" });
  assert.equal(made.response?.status, 201);
  assert.deepEqual(JSON.parse(made.text), {
    id: "7",
    body: { a: 1 },
    host: "shop.example",
    ip: "203.0.113.9",
  });
  const cookies = made.fields.filter(([name]) => name === "Set-Cookie");
  assert.deepEqual(cookies, [
    ["Set-Cookie", "a=1; Path=/"],
    ["Set-Cookie", "b=2; Path=/"],
  ]);
  assert.deepEqual(made.calls, [`respond 201 ${made.body.length} end`]);
  assert.equal((await exchangeWith(host, { target: "/fails" })).text, "on purpose");
  assert.equal((await exchangeWith(host, { target: "/none" })).response?.status, 404);
});

test("Express: conditional requests, HEAD and ranges of a file", async () => {
  const app = express();
  app.get("/file", (_, res) => res.sendFile(import.meta.filename));
  const host = await hostModule(app);
  const whole = await exchangeWith(host, { target: "/file" });
  const length = whole.body.length;
  assert.equal(whole.field("content-length"), String(length));
  const etag = whole.field("etag") as string;
  const same = await exchangeWith(host, { target: "/file", rawHeaders: ["If-None-Match", etag] });
  assert.deepEqual([same.response?.status, same.body.length], [304, 0]);
  const head = await exchangeWith(host, { target: "/file", method: "HEAD" });
  assert.deepEqual([head.field("content-length"), head.body.length], [String(length), 0]);
  const part = await exchangeWith(host, { target: "/file", rawHeaders: ["Range", "bytes=3-12"] });
  assert.equal(part.response?.status, 206);
  assert.deepEqual(part.body, whole.body.subarray(3, 13));
});

test("Fastify: routes, hooks, schema, streams and its own errors", async () => {
  const hooks: string[] = [];
  const app = fastify();
  app.addHook("onRequest", async () => void hooks.push("onRequest"));
  app.addHook("onResponse", async () => void hooks.push("onResponse"));
  app.addHook("onClose", async () => void hooks.push("onClose"));
  app.post("/echo", (request, reply) => reply.send({ got: request.body, ip: request.ip }));
  app.get("/stream", (_, reply) => reply.send(streamOf(["one,", "two"])));
  const host = await hostModule(app);
  assert.equal(host.shape, "fastify");
  const echo = await exchangeWith(host, { ...json, target: "/echo" });
  assert.deepEqual(JSON.parse(echo.text), { got: { a: 1 }, ip: "203.0.113.9" });
  assert.deepEqual(echo.calls, [`respond 200 ${echo.body.length} end`]);
  assert.equal((await exchangeWith(host, { target: "/stream" })).text, "one,two");
  const bad = await exchangeWith(host, { ...json, target: "/echo", firstBody: "{bad} j" });
  assert.equal(bad.response?.status, 400);
  assert.equal((await exchangeWith(host, { target: "/none" })).response?.status, 404);
  await turn();
  assert.equal(hooks.filter((hook) => hook === "onRequest").length, 4);
  assert.equal(hooks.filter((hook) => hook === "onResponse").length, 4);
  await host[Symbol.asyncDispose]();
  assert.equal(hooks.at(-1), "onClose");
});

test("Fastify: a client that leaves runs the onRequestAbort hook", async () => {
  const app = fastify();
  const aborted = new Promise<void>((resolve) => {
    app.addHook("onRequestAbort", (_, done) => {
      resolve();
      done();
    });
  });
  app.post("/slow", () => new Promise(() => {}));
  const host = await hostModule(app);
  const exchange = new RecordingExchange({
    method: "POST",
    target: "/slow",
    rawHeaders: ["Content-Type", "text/plain"],
    streams: true,
  });
  host.handle(exchange);
  await turn();
  exchange.cancel();
  await aborted;
});

test("Koa: middleware, bodies of every kind, and its own errors", async () => {
  const app = new Koa();
  app.silent = true;
  app.use(async (context, next) => {
    await next();
    context.set("X-After", "1");
  });
  app.use(async (context) => {
    if (context.path === "/fails") context.throw(418, "short and stout");
    if (context.path === "/stream") context.body = streamOf(["one,", "two"]);
    else context.body = { ip: context.ip, query: context.querystring };
  });
  const host = await hostModule(app);
  assert.equal(host.shape, "koa");
  const plain = await exchangeWith(host, { target: "/?q=%20x" });
  assert.deepEqual(JSON.parse(plain.text), { ip: "203.0.113.9", query: "q=%20x" });
  assert.equal(plain.field("x-after"), "1");
  assert.equal((await exchangeWith(host, { target: "/stream" })).text, "one,two");
  const failed = await exchangeWith(host, { target: "/fails" });
  assert.deepEqual([failed.response?.status, failed.text], [418, "short and stout"]);
});

test("an http.Server is hosted without listening, and told when it is over", async () => {
  const server = createServer((_, res) => res.end("server"));
  const host = await hostModule(server);
  assert.equal(host.shape, "server");
  assert.equal((await exchangeWith(host)).text, "server");
  const closed = once(server, "close");
  await host[Symbol.asyncDispose]();
  await closed;
});

function streamOf(parts: string[]): NodeJS.ReadableStream {
  return Readable.from(parts.map((part) => Buffer.from(part)));
}
