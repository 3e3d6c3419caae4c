import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRefusal, parseWrkResult } from "./wrk.ts";

const printed = `Running 2s test @ http://127.0.0.1:1/
  1 threads and 64 connections
Requests/sec:  16004.97
result {"requests":48139,"microseconds":3010000,"p50":3320,"p99":20970,"max":44010,"status":2,"broken":1}
`;

test("wrk's microseconds become seconds and milliseconds", () => {
  assert.deepEqual(parseWrkResult(printed), {
    requests: 48139,
    seconds: 3.01,
    p50Ms: 3.32,
    p99Ms: 20.97,
    maxMs: 44.01,
    non2xx: 2,
    broken: 1,
  });
});

test("when nobody listens there is no answer, and every connection is broken", () => {
  const said = "unable to connect to 127.0.0.1:1 Connection refused\n";
  assert.equal(parseWrkResult(said), undefined);
  const result = parseRefusal(said, 64);
  assert.equal(result?.requests, 0);
  assert.equal(result.broken, 64);
});

test("a wrk that failed for another reason has no result at all", () => {
  assert.equal(parseRefusal("unrecognized option\n", 64), undefined);
});
