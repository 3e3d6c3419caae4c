// Walks the table of permitted-call.ts in its order, then what must not be in it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { permitOf } from "./permitted-call.ts";

const mine = encodeURIComponent(JSON.stringify({ label: ["io.penstock.installation=i1"] }));
const both = encodeURIComponent(JSON.stringify({ label: ["io.penstock.installation=i1", "a=b"] }));
const none = encodeURIComponent(JSON.stringify({ label: ["com.docker.compose.project=x"] }));

const touches = { kind: "touches", container: "5f0c" };
const refused = { kind: "refused" };

for (const [call, permit] of [
  ["GET /_ping", { kind: "free" }],
  [`GET /events?filters=${mine}`, { kind: "filtered", installation: "i1" }],
  [`GET /containers/json?all=1&filters=${mine}`, { kind: "filtered", installation: "i1" }],
  ["POST /containers/create?name=penstock-a", { kind: "creates" }],
  ["GET /containers/5f0c/json", touches],
  ["GET /containers/5f0c/stats?stream=false", touches],
  ["POST /containers/5f0c/start", touches],
  ["POST /containers/5f0c/stop?t=1", touches],
  ["POST /containers/5f0c/kill?signal=SIGTERM", touches],
  ["POST /containers/5f0c/pause", touches],
  ["POST /containers/5f0c/unpause", touches],
  ["POST /containers/5f0c/wait", touches],
  ["POST /containers/5f0c/attach?stream=1", touches],
  ["POST /containers/5f0c/rename?name=penstock-a", touches],
  ["PUT /containers/5f0c/archive?path=%2Frun%2Fsecrets", touches],
  ["DELETE /containers/5f0c?force=1", touches],
  ["GET /images/nginx%3A1/json", { kind: "free" }],
  ["POST /images/create?fromImage=nginx&tag=1", { kind: "free" }],

  ["GET /containers/json", refused],
  ["GET /containers/json?filters=x", refused],
  [`GET /containers/json?filters=${none}`, refused],
  [`GET /events?filters=${both}`, refused],
  ["POST /containers/5f0c/exec", refused],
  ["POST /containers/5f0c/update", refused],
  ["GET /containers/5f0c/archive?path=%2Frun%2Fsecrets", refused],
  ["PUT /containers/5f0c/archive?path=%2F", refused],
  ["PUT /containers/5f0c/json", refused],
  ["GET /containers/5f0c", refused],
  ["DELETE /containers/..%2Fimages%2Fx", refused],
  ["POST /images/create?fromSrc=http%3A%2F%2Fx", refused],
  ["POST /build", refused],
  ["DELETE /images/nginx", refused],
  ["POST /networks/penstock_admin/connect", refused],
  ["POST /volumes/create", refused],
  ["GET /info", refused],
  ["POST /swarm/init", refused],
] as const)
  test(`${call} is ${permit.kind}`, () => {
    const [method = "", target = ""] = call.split(" ");
    const [path = "", query = ""] = target.split("?");
    assert.deepEqual(permitOf({ method, path, query: new URLSearchParams(query) }), permit);
  });
