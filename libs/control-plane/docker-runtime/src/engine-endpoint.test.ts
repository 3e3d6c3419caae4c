import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEngineEndpoint } from "./engine-endpoint.ts";

test("a socket and a host are addresses", () => {
  const socket = "unix:///var/run/docker.sock";
  assert.deepEqual(parseEngineEndpoint(socket), {
    text: socket,
    socketPath: "/var/run/docker.sock",
  });
  for (const [text, host] of [
    ["tcp://proxy:2375", "proxy"],
    ["tcp://[::1]:2375/", "::1"],
  ] as const)
    assert.deepEqual(parseEngineEndpoint(text), { text, host, port: 2375 });
});

for (const text of [
  "",
  "/var/run/docker.sock",
  "unix://",
  "tcp://proxy",
  "ssh://host",
  "tcp://a:b",
]) {
  test(`"${text}" is no address, and that is said`, () => {
    assert.throws(() => parseEngineEndpoint(text), { code: "ENGINE_ADDRESS_INVALID" });
  });
}
