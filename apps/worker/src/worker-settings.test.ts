import assert from "node:assert/strict";
import test from "node:test";
import { parseWorkerSettings } from "./worker-settings.ts";

const bootstrap = {
  id: "shop-1",
  pool: "shop",
  generation: "g1",
  application: { kind: "module", module: "/srv/app.ts" },
  directory: "/srv",
  concurrency: 16,
  shutdownTimeLimitMs: 90_000,
  credentials: JSON.stringify({
    natsUrl: "nats://127.0.0.1:4222",
    natsCredentials: "who it is",
    startupTimeLimitMs: 60_000,
    warmUp: ["/ready"],
  }),
};

test("the document of the runtime becomes settings", () => {
  assert.deepEqual(parseWorkerSettings(JSON.stringify(bootstrap)), {
    id: "shop-1",
    pool: "shop",
    application: { kind: "module", module: "/srv/app.ts" },
    directory: "/srv",
    secrets: {},
    concurrency: 16,
    shutdownTimeLimitMs: 90_000,
    startupTimeLimitMs: 60_000,
    warmUp: ["/ready"],
    natsUrl: "nats://127.0.0.1:4222",
    natsCredentials: "who it is",
  });
});

test("secrets that the environment does not hold come with the document", () => {
  const document = JSON.stringify({ ...bootstrap, secrets: { TOKEN: "s3cret" } });
  assert.deepEqual(parseWorkerSettings(document)?.secrets, { TOKEN: "s3cret" });
});

test("an empty document means that whoever started this worker is gone", () => {
  assert.equal(parseWorkerSettings(""), undefined);
  assert.equal(parseWorkerSettings(" \n"), undefined);
});

for (const [what, document] of [
  ["no JSON", "{"],
  ["a document without a pool", JSON.stringify({ ...bootstrap, pool: "" })],
  ["a document without an application", JSON.stringify({ ...bootstrap, application: undefined })],
  ["credentials that are no JSON", JSON.stringify({ ...bootstrap, credentials: "secret" })],
  ["credentials without a broker", JSON.stringify({ ...bootstrap, credentials: "{}" })],
]) {
  test(`${what} is refused with who writes the document, and without its content`, () => {
    assert.throws(() => parseWorkerSettings(document ?? ""), {
      code: "WORKER_SETTINGS_INVALID",
      message: /^the worker's settings on standard input are not valid: /,
      remedy: "Workers are started by the controller, which writes them.",
    });
  });
}
