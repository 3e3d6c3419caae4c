import assert from "node:assert/strict";
import test from "node:test";

import { ServiceError } from "@penstock/foundation";

import { reportFailure } from "./failure-report.ts";

test("a failure of the world says what, why and what to do, and shows no stack", () => {
  const failure = new ServiceError("The listener cannot open port 80", {
    code: "PORT_REFUSED",
    remedy: "Give the prefix a port above 1023, or grant CAP_NET_BIND_SERVICE.",
    cause: new Error("listen EACCES: permission denied 0.0.0.0:80"),
  });
  assert.equal(
    reportFailure("listener", failure, false),
    [
      "listener: The listener cannot open port 80",
      "  because: listen EACCES: permission denied 0.0.0.0:80",
      "  what to do: Give the prefix a port above 1023, or grant CAP_NET_BIND_SERVICE.",
      "",
    ].join("\n"),
  );
});

test("the remedy may stand deeper in the chain; the outermost is the one that is told", () => {
  const inner = new ServiceError("inner", { code: "INNER", remedy: "Mend the inner part." });
  const outer = new ServiceError("outer", { code: "OUTER", cause: inner });
  assert.match(reportFailure("x", outer, false), / {2}what to do: Mend the inner part\.\n$/);
});

test("a cause without a message of its own speaks through its parts", () => {
  const cause = new AggregateError([
    new Error("ECONNREFUSED ::1"),
    new Error("ECONNREFUSED 127.0.0.1"),
  ]);
  const failure = new ServiceError("No connection", { code: "X", cause });
  assert.match(
    reportFailure("x", failure, false),
    / {2}because: ECONNREFUSED ::1; ECONNREFUSED 127\.0\.0\.1\n/,
  );
});

test("debug shows the stack too", () => {
  const report = reportFailure("x", new ServiceError("No", { code: "X" }), true);
  assert.match(report, /^ {4}at /m);
});

test("a bug shows its stack, and so does what is no error at all", () => {
  assert.match(reportFailure("x", new TypeError("not a function"), false), /^ {4}at /m);
  assert.equal(reportFailure("x", "thrown text", false), "x: 'thrown text'\n");
});

test("a chain that bites its tail comes to an end", () => {
  const failure = new ServiceError("No", { code: "X" });
  failure.cause = failure;
  assert.ok(reportFailure("x", failure, false).split("\n").length < 12);
});
