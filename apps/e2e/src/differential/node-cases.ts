// What clients do to a plain node:http application: the message itself, every part of it.

import { chunks, request, type Case, type RequestText, type Step } from "./case.ts";

const CHUNKED = "Transfer-Encoding: chunked";

const one = (title: string, line: string, text?: RequestText): Case => ({
  application: "node",
  title,
  steps: [request(line, text)],
});

const script = (title: string, ...steps: readonly Step[]): Case => ({
  application: "node",
  title,
  steps,
});

const bodiless = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "MKCOL", "PURGE"];
const withBody = ["POST", "PUT", "PATCH", "DELETE", "GET", "REPORT", "SEARCH", "LOCK", "PROPPATCH"];
const statuses = [200, 201, 202, 203, 205, 206, 207, 226, 300, 301, 307, 400, 401, 404, 409, 410];
const lateStatuses = [418, 422, 425, 429, 451, 500, 501, 502, 503, 504, 511, 599, 799, 999];

const targets: Readonly<Record<string, string>> = {
  "a query": "/seen?a=1&b=2&a=3&&c",
  "an empty query": "/seen?",
  "escapes as they are": "/seen/%7Ea/%2e%2E/%2F%c3%a4",
  "empty segments": "/seen//a///b/",
  "dot segments": "/seen/a/../b/./c",
  "characters beyond RFC 3986": `/seen/[]|\\"'{}^\``,
  "a path parameter": "/seen/a;v=1/b;w=2",
  "a plus and a colon": "/seen/a+b:c@d",
  "a long target": `/seen/${"x".repeat(4000)}`,
};

const fieldLists: Readonly<Record<string, readonly string[]>> = {
  "order and case": ["X-b: 1", "x-A: 2", "X-B: 3", "a: 4"],
  "repeated fields": ["X-Same: 1", "X-Other: 2", "X-Same: 1", "X-Same: 3"],
  "empty fields": ["X-Empty:", "X-Blank:   ", "X-After: 1"],
  "whitespace around values": ["X-Tab:\tvalue\t", "X-Space:    value   "],
  "whitespace within values": ["X-Inner: a  b\tc"],
  "Latin-1 bytes": ["X-Latin: na\u00efve caf\u00e9 \u00ff"],
  "several Cookie fields": ["Cookie: a=1; b=2", "Cookie: c=3"],
  "a large field": [`X-Large: ${"v".repeat(8000)}`],
  "many fields": Array.from({ length: 90 }, (_, n) => `X-Many-${n}: ${n}`),
  "odd names": ["!#$%&'*+-.^_`|~09az: token"],
  credentials: ["Authorization: Basic YTpi", "X-Api-Key: k"],
  conditions: ['If-None-Match: "a"', "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT"],
  "what browsers send": ["Accept: */*", "Accept-Encoding: gzip, br", "Origin: http://a.test"],
  "a Connection that names fields": ["Connection: X-Hop, close", "X-Hop: 1", "X-End: 2"],
  "hop-by-hop fields": ["TE: trailers", "Keep-Alive: timeout=5", "Proxy-Connection: close"],
  "Via and Forwarded": ["Via: 1.1 before", "Forwarded: for=192.0.2.1"],
  "forged X-Forwarded fields": ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https"],
  "ids of the client's own": [
    "X-Request-Id: mine",
    "traceparent: 00-" + "1".repeat(32) + "-2222222222222222-01",
  ],
};

const bodies: readonly Case[] = [
  one("an empty body with a length", "POST /seen", { fields: ["Content-Length: 0"] }),
  one("an empty chunked body", "POST /seen", { fields: [CHUNKED], body: chunks([]) }),
  one("a chunked body", "POST /seen", { fields: [CHUNKED], body: chunks(["first", ",second"]) }),
  one("chunk extensions", "POST /seen", { fields: [CHUNKED], body: "5;a=b\r\nfirst\r\n0\r\n\r\n" }),
  one("a body of every byte", "POST /seen", {
    body: Buffer.from(Array.from({ length: 256 }, (_, n) => n)).toString("latin1"),
  }),
  one("a body over what rides along", "POST /echo", { body: "r".repeat(200_000) }),
  one("a chunked body over the window", "POST /echo", {
    fields: [CHUNKED],
    body: chunks(Array.from({ length: 40 }, (_, n) => String(n % 10).repeat(16_000))),
  }),
  one("trailers of a request", "POST /seen", {
    fields: [CHUNKED, "Trailer: X-Sum"],
    body: chunks(["summed"], ["X-Sum: 42", "x-sum: 43"]),
  }),
  script(
    "a body in two parts",
    request("POST /seen", { fields: ["Content-Length: 10"], body: "first" }),
    "later",
  ),
  script(
    "an echo while the request goes on",
    request("POST /echo", { fields: [CHUNKED], body: "4\r\none,\r\n" }),
    { until: "one," },
    "4\r\ntwo,\r\n",
    { until: "two," },
    "5\r\nthree\r\n0\r\n\r\n",
  ),
  script(
    "a header flushed before the request is whole",
    request("POST /flush-headers", { fields: ["Content-Length: 4"] }),
    { until: "X-Flushed: yes" },
    "done",
  ),
  script(
    "100 Continue",
    request("POST /seen", { fields: ["Expect: 100-continue", "Content-Length: 4"] }),
    { until: "100 Continue" },
    "body",
  ),
  one("another expectation", "POST /seen", { fields: ["Expect: something"], body: "body" }),
  one("an answer before the body was read", "POST /early", { body: "e".repeat(300_000) }),
  one("an answer that closes", "GET /close", { keepAlive: true }),
];

const answers: readonly Case[] = [
  ...[0, 1, 1000, 65_536, 65_537, 1_000_000].map((length) =>
    one(`a body of ${length} bytes`, `GET /length/${length}`),
  ),
  ...[0, 1, 3, 50].map((count) => one(`${count} pieces`, `GET /chunked/${count}`)),
  one("fields in order, repeated and empty", "GET /fields"),
  one("fields set one by one", "GET /set-header"),
  one("a large field in an answer", "GET /big-field/12000"),
  one("many fields in an answer", "GET /many-fields/200"),
  one("an answer without Date", "GET /no-date"),
  one("an answer with a Date of its own", "GET /own-date"),
  one("HEAD with a length", "HEAD /head"),
  one("HEAD of what has a body", "HEAD /length/100"),
  one("HEAD of a chunked answer", "HEAD /chunked/3"),
  one("HEAD of an echo", "HEAD /echo"),
  one("trailers of an answer", "GET /trailers", { fields: ["TE: trailers"] }),
  one("trailers that nobody asked for", "GET /trailers"),
  one("the whole of a range", "GET /range"),
  one("a range", "GET /range", { fields: ["Range: bytes=10-19"] }),
  one("a range beyond the end", "GET /range", { fields: ["Range: bytes=500-600"] }),
  one("103 Early Hints", "GET /early-hints"),
  one("102 Processing", "GET /processing"),
  one("an end after the end", "GET /end-twice"),
  one("empty writes", "GET /write-empty"),
  one("corked writes", "GET /cork"),
  one("a text in Latin-1", "GET /latin"),
  one("every byte", "GET /binary"),
  one("204", "GET /status/204"),
  one("204 with a body", "GET /status/204/body"),
  one("304", "GET /status/304"),
  one("304 with a body", "GET /status/304/body"),
  one("a reason phrase of its own", "GET /reason/200"),
  one("a reason phrase of its own for 404", "GET /reason/404"),
  one("a connection destroyed before the answer", "GET /destroy-before"),
  script(
    "a connection destroyed after the header",
    request("POST /destroy-after-head", { fields: [CHUNKED] }),
    { until: "\r\n\r\n" },
    chunks(["destroy"]),
  ),
  script(
    "a connection destroyed in the body",
    request("POST /destroy-mid-body", { fields: [CHUNKED] }),
    { until: "some of it" },
    chunks(["destroy"]),
  ),
];

const connections: readonly Case[] = [
  script(
    "two requests, one after the other",
    request("GET /seen/1", { keepAlive: true }),
    { until: "0\r\n\r\n" },
    request("GET /length/3"),
  ),
  script(
    "pipelined requests",
    request("GET /seen/1", { keepAlive: true }) +
      request("POST /seen/2", { keepAlive: true, body: "two" }) +
      request("GET /length/10", { keepAlive: true }) +
      request("GET /seen/4"),
  ),
  script(
    "pipelined: slow, then fast",
    request("GET /chunked/50", { keepAlive: true }) + request("GET /length/1"),
  ),
  script(
    "a HEAD between",
    request("HEAD /length/5", { keepAlive: true }) + request("GET /length/5"),
  ),
  script(
    "a 304 between",
    request("GET /status/304", { keepAlive: true }) + request("GET /length/5"),
  ),
  script("HTTP/1.0", "GET /seen HTTP/1.0\r\nHost: compared.test\r\n\r\n"),
  script(
    "HTTP/1.0 and a streamed answer",
    "GET /chunked/3 HTTP/1.0\r\nHost: compared.test\r\n\r\n",
  ),
  script(
    "HTTP/1.0 that keeps its connection",
    "GET /length/3 HTTP/1.0\r\nHost: compared.test\r\nConnection: keep-alive\r\n\r\n",
    { until: "lll" },
    "GET /length/4 HTTP/1.0\r\nHost: compared.test\r\n\r\n",
  ),
  script("empty lines before a request", `\r\n\r\n${request("GET /seen")}`),
  script(
    "absolute form",
    "GET http://compared.test/seen HTTP/1.1\r\nHost: compared.test\r\nConnection: close\r\n\r\n",
  ),
];

/** All cases of the plain application. */
export const nodeCases: readonly Case[] = [
  ...bodiless.map((method) => one(`${method} without a body`, `${method} /seen`)),
  ...withBody.map((method) => one(`${method} with a body`, `${method} /seen`, { body: "a body" })),
  ...Object.entries(targets).map(([what, target]) => one(what, `GET ${target}`)),
  ...Object.entries(fieldLists).map(([what, fields]) => one(what, "GET /seen", { fields })),
  ...bodies,
  ...[...statuses, ...lateStatuses].map((status) =>
    one(`status ${status}`, `GET /status/${status}/body`),
  ),
  ...answers,
  ...connections,
];
