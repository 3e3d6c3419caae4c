import assert from "node:assert/strict";
import test from "node:test";
import { reasonPhrases, reasons } from "@penstock/domain";
import { givenRequest, givenResponse } from "./given-request.ts";
import { prefersHtml, writeRefusal, type Refusal } from "./refusal.ts";

function refuse(refusal: Partial<Refusal>, lines: readonly string[] = ["Host: a"]) {
  const request = givenRequest("GET /", lines);
  const { response, written } = givenResponse(request);
  const whole: Refusal = { reason: "QueueFull", detail: "", requestId: "id-1", ...refusal };
  writeRefusal(request, response, whole);
  const [head = "", body = ""] = written().split("\r\n\r\n");
  const [status = "", ...fields] = head.split("\r\n");
  return { status, fields, body };
}

test("every reason is told alike: status, problem details, Proxy-Status, request id, not to be stored", () => {
  for (const reason of reasonPhrases) {
    const { status, fields, body } = refuse({ reason, pool: "shop", detail: "Why." });
    const facts = reasons[reason];
    assert.match(status, new RegExp(`^HTTP/1\\.1 ${facts.status} `));
    const problem = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual(problem, {
      type: `urn:penstock:reason:${reason}`,
      title: facts.title,
      status: facts.status,
      detail: "Why.",
      instance: "urn:penstock:request:id-1",
      reason,
      pool: "shop",
      ...(facts.passes && { retryAfter: 1 }),
    });
    for (const field of [
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Cache-Control: no-store",
      `Proxy-Status: penstock; error=${facts.proxyError}; details="${reason}"`,
      "X-Request-Id: id-1",
    ])
      assert(fields.includes(field), `${reason}: ${field}`);
    assert.equal(fields.includes("Retry-After: 1"), facts.passes, reason);
  }
});

test("an estimate of when to come back is told where waiting helps, and nowhere else", () => {
  assert(refuse({ reason: "QueueFull", retryAfter: 7 }).fields.includes("Retry-After: 7"));
  const { fields } = refuse({ reason: "AppOffline", retryAfter: 7 });
  assert(!fields.some((field) => field.startsWith("Retry-After")));
});

test("a method that is not supported is told which ones are", () => {
  const { fields } = refuse({ reason: "Verb" });
  assert(fields.includes("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
});

test("a request whose body has not come is answered and its connection closed", () => {
  const request = givenRequest("POST /", ["Host: a", "Content-Length: 10"]);
  request.complete = false;
  const { response, written } = givenResponse(request);
  writeRefusal(request, response, { reason: "QueueFull", detail: "", requestId: "id-1" });
  assert.match(written(), /^Connection: close\r$/m);
});

test("a request without a Host is answered and its connection closed; one with a Host that nobody serves keeps it", () => {
  for (const [line, closes] of [
    ["Accept: */*", true],
    ["Host: nobody.example", false],
  ] as const) {
    const { fields } = refuse({ reason: "Hostname" }, [line]);
    assert.equal(fields.includes("Connection: close"), closes, line);
  }
});

test("a client that prefers HTML gets a page, with the same words and nothing to inject", () => {
  const { fields, body } = refuse({ pool: "shop", detail: `<script>alert("1&2")</script>` }, [
    "Accept: text/html",
  ]);
  assert(fields.includes("Content-Type: text/html; charset=utf-8"));
  assert(fields.includes(`Content-Length: ${Buffer.byteLength(body)}`));
  assert.match(body, /<h1>The request queue of this application is full<\/h1>/);
  assert.match(body, /QueueFull/);
  assert.match(body, /shop/);
  assert.match(body, /id-1/);
  assert.match(body, /&lt;script&gt;alert\(&quot;1&amp;2&quot;\)/);
  assert(!body.includes("<script>"));
});

const preferences: readonly (readonly [accept: string | undefined, html: boolean])[] = [
  [undefined, false],
  ["*/*", false],
  ["text/html", true],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true],
  ["application/json", false],
  ["application/json, text/html;q=0.9", false],
  ["application/problem+json;q=0.5, text/html", true],
  ["text/html, application/json", false],
  ["text/html;q=0", false],
  ["text/html;level=1;q=0.4, application/json;q=0.3", true],
  ["text/plain", false],
];

for (const [accept, html] of preferences) {
  test(`Accept ${accept ?? "(none)"} prefers ${html ? "HTML" : "JSON"}`, () => {
    assert.equal(prefersHtml(accept), html);
  });
}

test("a request without a body keeps its connection, though its end was not parsed yet", () => {
  const request = givenRequest("GET /", ["Host: a"]);
  request.complete = false; // as node:http has it inside the request event
  const { response, written } = givenResponse(request);
  writeRefusal(request, response, { reason: "NotFound", detail: "", requestId: "id-1" });
  assert.doesNotMatch(written(), /^Connection: close\r$/m);
});

test("a refusal after an answer that could not be written has its own status text", () => {
  const request = givenRequest();
  const { response, written } = givenResponse(request);
  response.statusMessage = "OK";
  writeRefusal(request, response, { reason: "BadGatewayResponse", detail: "", requestId: "id-1" });
  assert.match(written(), /^HTTP\/1\.1 502 Bad Gateway\r$/m);
});
