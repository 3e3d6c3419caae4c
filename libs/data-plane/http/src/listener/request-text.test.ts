import assert from "node:assert/strict";
import test from "node:test";
import { givenRequest } from "./given-request.ts";
import { requestText, type ClientFacts, type RequestText } from "./request-text.ts";

const CLIENT: ClientFacts = {
  remoteAddress: "192.0.2.7",
  lines: "192.0.2.7\n50000\n127.0.0.1\n8080",
  encrypted: false,
  trusted: false,
};

const names = { requestId: () => "made-id", traceparent: () => "made-trace" };

/** What Penstock adds to a request that brought none of it. */
const ADDED = [
  "X-Forwarded-For=192.0.2.7",
  "X-Forwarded-Proto=http",
  "X-Forwarded-Host=shop.example",
  "X-Request-Id=made-id",
  "traceparent=made-trace",
];

function textOf(...lines: readonly string[]): RequestText {
  return textFrom(CLIENT, ...lines);
}

function textFrom(client: ClientFacts, ...lines: readonly string[]): RequestText {
  const request = givenRequest("GET /a?b", ["Host: shop.example", ...lines]);
  return requestText(request, "listener-1", client, names);
}

/** The fields of a head text as `name=value`, the Host left out. */
function fieldsOf(...lines: readonly string[]): string[] {
  const [, ...fields] = pairs(textOf(...lines).text);
  return fields;
}

function pairs(text: string): string[] {
  const raw = text.split("\n").slice(7);
  return raw.flatMap((name, i) => (i % 2 === 0 ? [`${name}=${raw[i + 1] ?? ""}`] : []));
}

test("the head begins with listener, method, target and both ends of the connection", () => {
  const lines = textOf().text.split("\n").slice(0, 7);
  assert.deepEqual(lines, ["listener-1", "GET", "/a?b", "192.0.2.7", "50000", "127.0.0.1", "8080"]);
});

test("fields keep their order, case and duplicates, and what Penstock knows comes last", () => {
  assert.deepEqual(fieldsOf("X-b: 1", "x-A: 2", "X-b: 3", "Cookie: a=1", "X-Empty:"), [
    "X-b=1",
    "x-A=2",
    "X-b=3",
    "Cookie=a=1",
    "X-Empty=",
    ...ADDED,
  ]);
});

test("hop-by-hop fields go", () => {
  const hops = [
    "Connection: keep-alive",
    "Keep-Alive: timeout=5",
    "TE: gzip;q=0.5",
    "Upgrade: h2c",
    "Proxy-Connection: keep-alive",
    "HTTP2-Settings: AAMAAABk",
  ];
  assert.deepEqual(fieldsOf(...hops), ADDED);
});

test("that trailers are welcome passes, and what the client expects, which HTTP/1.0 cannot", () => {
  const lines = ["TE: gzip;q=0.5, Trailers", "expect: 100-continue"];
  assert.deepEqual(fieldsOf(...lines), ["TE=trailers", "expect=100-continue", ...ADDED]);
  assert.equal(textOf(...lines).expects, true);
  assert.equal(textOf().expects, false);
  const old = Object.assign(givenRequest("POST /", lines), { httpVersionMinor: 0 });
  const { text, expects } = requestText(old, "listener", CLIENT, names);
  assert.equal(expects, false);
  assert(!/expect/i.test(text));
});

test("an upgrade keeps the two fields that ask for it, and no other of its connection", () => {
  const lines = ["Connection: keep-alive, Upgrade, X-Hop", "X-Hop: 1", "upgrade: websocket"];
  const request = Object.assign(givenRequest("GET /", ["Host: shop.example", ...lines]), {
    upgrade: true,
  });
  const { text } = requestText(request, "listener", CLIENT, names);
  assert.match(text, /\nConnection\nUpgrade\nupgrade\nwebsocket\n/);
  assert(!/X-Hop|keep-alive/.test(text));
});

test("fields that Connection names go, but for those that carry the message's meaning", () => {
  const lines = [
    "X-Hop: 1",
    "Authorization: Basic eA==",
    "X-Kept: 2",
    "Connection: close, x-hop, Authorization, Host",
  ];
  assert.deepEqual(fieldsOf(...lines), ["Authorization=Basic eA==", "X-Kept=2", ...ADDED]);
});

test("what a client says about its own origin is replaced", () => {
  const lines = [
    "X-Forwarded-For: 10.0.0.1",
    "x-forwarded-proto: https",
    "X-Forwarded-Host: evil",
    "forwarded: for=10.0.0.1",
  ];
  assert.deepEqual(fieldsOf(...lines), ADDED);
});

const told: readonly (readonly [what: string, lines: string[], forwarded: string[]])[] = [
  ["nothing", [], ["For=192.0.2.7", "Proto=http", "Host=shop.example"]],
  [
    "its client",
    ["X-Forwarded-For: 203.0.113.9"],
    ["For=203.0.113.9, 192.0.2.7", "Proto=http", "Host=shop.example"],
  ],
  [
    "a chain, in two fields",
    ["X-Forwarded-For: 203.0.113.9, 10.0.0.1", "x-forwarded-for: 10.0.0.2"],
    ["For=203.0.113.9, 10.0.0.1, 10.0.0.2, 192.0.2.7", "Proto=http", "Host=shop.example"],
  ],
  [
    "scheme and host, twice",
    ["X-Forwarded-Proto: https", "X-Forwarded-Host: a.example", "X-Forwarded-Host: evil"],
    ["For=192.0.2.7", "Proto=https", "Host=a.example"],
  ],
];

for (const [what, lines, forwarded] of told) {
  test(`a trusted proxy that tells ${what} is believed`, () => {
    const { text } = textFrom({ ...CLIENT, trusted: true }, ...lines);
    const expected = forwarded.map((pair) => `X-Forwarded-${pair}`);
    assert.deepEqual(
      pairs(text).filter((pair) => pair.startsWith("X-Forwarded-")),
      expected,
    );
  });
}

test("a trusted proxy's Forwarded field is kept", () => {
  const { text } = textFrom({ ...CLIENT, trusted: true }, "Forwarded: for=203.0.113.9");
  assert(pairs(text).includes("Forwarded=for=203.0.113.9"));
});

test("a request id that is a plain token is kept, any other is replaced, a second one goes", () => {
  assert.equal(textOf("X-Request-Id: order-42").requestId, "order-42");
  assert(!fieldsOf("X-Request-Id: order-42").includes("X-Request-Id=made-id"));
  for (const odd of ["a b", '"', "a".repeat(129), "caf\u00e9"])
    assert.deepEqual(fieldsOf(`X-Request-Id: ${odd}`), ADDED);
  assert.deepEqual(
    fieldsOf("X-Request-Id: one", "X-Request-Id: two").filter((pair) => /request-id/i.test(pair)),
    ["X-Request-Id=one"],
  );
});

test("a trace that was begun is continued", () => {
  const fields = fieldsOf("traceparent: 00-1-2-01");
  assert(fields.includes("traceparent=00-1-2-01"));
  assert(!fields.includes("traceparent=made-trace"));
});

test("the declared length is told, -1 for a chunked body, 0 for none", () => {
  assert.equal(textOf("Content-Length: 12").contentLength, 12);
  assert.equal(textOf("Transfer-Encoding: chunked").contentLength, -1);
  assert.equal(textOf().contentLength, 0);
});

test("an Idempotency-Key is noticed in any case", () => {
  assert.equal(textOf("IDEMPOTENCY-KEY: 1").idempotencyKey, true);
  assert.equal(textOf().idempotencyKey, false);
});

test("an encrypted connection is told as https", () => {
  const request = givenRequest();
  const { text } = requestText(request, "l", { ...CLIENT, encrypted: true }, names);
  assert(pairs(text).includes("X-Forwarded-Proto=https"));
});

test("a client cannot remove what Penstock says about it by naming it in Connection", () => {
  const named =
    "Connection: x-forwarded-for, x-forwarded-proto, x-forwarded-host, x-request-id, traceparent";
  assert.deepEqual(fieldsOf(named), ADDED);
});
