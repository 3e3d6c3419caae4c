import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { firstAnswer } from "./first-answer.ts";
import { freePorts } from "@penstock/testing";

test("the answer comes although nobody listened at first", async () => {
  const [port = 0] = await freePorts(1);
  const asked = firstAnswer({ port, path: "/there" }, 5000);
  const server = createServer((request, response) => {
    response.statusCode = 201;
    response.end(`${request.method} ${request.url}`);
  });
  server.listen(port, "127.0.0.1");
  assert.deepEqual(await asked, { status: 201, body: "GET /there" });
  server.close();
  await once(server, "close");
});

test("nobody at all is an error after the limit", async () => {
  const [port = 0] = await freePorts(1);
  await assert.rejects(firstAnswer({ port, path: "/" }, 20), /nobody listened/);
});

test("several free ports are several", async () => {
  const ports = await freePorts(5);
  assert.equal(new Set(ports).size, 5);
});
