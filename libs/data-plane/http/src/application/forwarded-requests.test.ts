// What a request is on its way to an application behind a port.

import assert from "node:assert/strict";
import { test } from "node:test";
import { behind, post, requestBytes } from "./given-port-host.ts";
import { RecordingExchange, exchangeWith } from "./recording-exchange.ts";

test("a request is framed as its client framed it, and not at all when it was not", async () => {
  const rows: [Parameters<typeof exchangeWith>[1], string[]][] = [
    [{ method: "PROPFIND" }, ["Host: app.example"]],
    [{ method: "POST" }, ["Host: app.example"]],
    [
      { method: "POST", rawHeaders: ["transfer-encoding", "Chunked", "HOST", "a"] },
      ["transfer-encoding: chunked", "HOST: a", "", "0"],
    ],
    [
      { method: "GET", rawHeaders: ["Content-length", "4", "Host", "a"], firstBody: "done" },
      ["Content-length: 4", "Host: a", "", "done"],
    ],
  ];
  for (const [template, expected] of rows) {
    const text = await requestBytes((host) => void exchangeWith(host, template));
    const lines = text.split("\r\n").filter((line) => line !== "Connection: keep-alive");
    assert.deepEqual(lines.slice(1, expected.length + 1), expected);
  }
});

test("a head leaves before its body, and trailers pass behind it", async () => {
  const heads = Promise.withResolvers<void>();
  const host = await behind((req, res) => {
    heads.resolve();
    req.resume().on("end", () => res.end(req.rawTrailers.join("=")));
  });
  const exchange = new RecordingExchange({ ...post, rawHeaders: ["Host", "a", "X-A", "\xe9"] });
  host.handle(exchange);
  await heads.promise;
  await exchange.sendBody(Buffer.from("body"));
  exchange.endBody(["X-Sum", "4"]);
  await exchange.over;
  assert.equal(exchange.text, "X-Sum=4");
});

test("a body of another length than declared is a reset and no second request", async () => {
  for (const [length, sent] of [
    ["3", "body"],
    ["9", "body"],
  ] as const) {
    let requests = 0;
    const host = await behind((req, res) => {
      requests++;
      req.on("error", () => {}).on("end", () => res.end());
      req.resume();
    });
    const exchange = new RecordingExchange({ ...post, rawHeaders: ["Content-Length", length] });
    host.handle(exchange);
    void exchange.sendBody(Buffer.from(sent));
    exchange.endBody();
    await exchange.over;
    assert.match(exchange.resetDetail ?? "", /body than its Content-Length/);
    assert.ok(requests <= 1);
  }
});

test("asterisk-form passes, and a target that cannot be sent is a reset, not an exception", async () => {
  const host = await behind((req, res) => res.end(req.url));
  assert.equal((await exchangeWith(host, { method: "OPTIONS", target: "*" })).text, "*");
  assert.deepEqual((await exchangeWith(host, { target: "/a b" })).calls, ["reset"]);
});
