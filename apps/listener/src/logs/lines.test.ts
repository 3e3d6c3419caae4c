import assert from "node:assert/strict";
import { test } from "node:test";
import { accessHeading, accessLine } from "./access-line.ts";
import { httpErrorHeading, httpErrorLine } from "./http-error-line.ts";
import type { LoggedRequest } from "./logged-request.ts";
import { w3cField } from "./w3c-field.ts";

const request: LoggedRequest = {
  time: new Date("2026-11-23T10:12:41.207Z"),
  clientAddress: "192.0.2.7",
  clientPort: "50000",
  serverAddress: "127.0.0.1",
  serverPort: "8080",
  version: "HTTP/1.1",
  method: "GET",
  target: "/shop/a%20b?token=secret",
  host: "shop.example",
  userAgent: 'curl/8 "x"',
  status: 200,
  reason: "",
  pool: "shop",
  group: "partners",
  worker: "shop-1",
  requestId: "abc-1",
  sentBytes: 812,
  receivedBytes: 3,
  tookMs: 14.4,
};

const refused: LoggedRequest = { ...request, status: 503, reason: "QueueFull", worker: "" };

test("an access line in JSON", () => {
  assert.equal(
    accessLine("json", request),
    '{"time":"2026-11-23T10:12:41.207Z","kind":"access","req":"abc-1","pool":"shop","group":"partners","worker":"shop-1","method":"GET","path":"/shop/a%20b","host":"shop.example","status":200,"bytes":812,"received":3,"total_ms":14,"client":"192.0.2.7"}\n',
  );
  assert.match(accessLine("json", refused), /"status":503,"reason":"QueueFull"/);
});

test("an access line in W3C's format has the fields that its heading names", () => {
  const line = accessLine("w3c", request);
  assert.equal(
    line,
    "2026-11-23 10:12:41 partners 127.0.0.1 GET /shop/a%20b 8080 192.0.2.7 HTTP/1.1 curl/8+%22x%22 shop.example 200 812 3 14 shop shop-1 abc-1 -\n",
  );
  assert.equal(fieldsNamed(accessHeading("w3c")), line.split(" ").length);
  assert.equal(accessHeading("json"), "");
});

test("an HTTPERR line has the fields that its heading names", () => {
  const line = httpErrorLine(refused);
  assert.equal(
    line,
    "2026-11-23 10:12:41 192.0.2.7 50000 127.0.0.1 8080 HTTP/1.1 GET /shop/a%20b?token=secret 503 partners QueueFull shop\n",
  );
  assert.equal(fieldsNamed(httpErrorHeading), line.split(" ").length);
});

test("what is not known is a dash", () => {
  const unknown = {
    ...refused,
    version: "",
    method: "",
    target: "",
    status: 0,
    group: "",
    pool: "",
  };
  assert.equal(
    httpErrorLine({ ...unknown, reason: "Timer_ConnectionIdle" }),
    "2026-11-23 10:12:41 192.0.2.7 50000 127.0.0.1 8080 - - - - - Timer_ConnectionIdle -\n",
  );
});

const hostile: readonly (readonly [value: string, field: string])[] = [
  ["a\r\n2026-11-23 forged", "a%0D%0A2026-11-23+forged"],
  ["\u001b[31m", "%1B[31m"],
  ["\0\x7f", "%00%7F"],
  ['"\\', "%22%5C"],
  ["caf\u00e9 \u2028 \ud800", "caf%C3%A9+%E2%80%A8+%EF%BF%BD"],
  ["%0d%0a", "%0d%0a"],
];

for (const [value, field] of hostile) {
  test(`${JSON.stringify(value)} is one field and one line`, () => {
    assert.equal(w3cField(value), field);
    const lines = [
      accessLine("json", { ...request, target: value, userAgent: value, host: value }),
      accessLine("w3c", { ...request, target: value, userAgent: value, host: value }),
      httpErrorLine({ ...request, target: value, method: value }),
    ];
    for (const line of lines) assert.match(line, /^[^\r\n\0]*\n$/);
  });
}

test("long values are cut as HTTP.sys cuts them", () => {
  const line = httpErrorLine({
    ...refused,
    method: "M".repeat(999),
    target: `/${"a".repeat(9999)}`,
  });
  assert.match(line, / M{255} /);
  assert.match(line, / \/a{4095} /);
});

function fieldsNamed(heading: string): number {
  return /^#Fields: (.*)$/m.exec(heading)?.[1]?.split(" ").length ?? 0;
}
