// A proxy before a real engine: what a worker runtime does goes through, attaching with it; what it must not
// do does not, and leaves nothing.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { createEngineProxy } from "./engine-proxy.ts";

const ENGINE = "/var/run/docker.sock";
const IMAGE = "debian:bookworm-slim";
const PREFIX = "/v1.41";

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A caller, of the proxy or of the engine itself. */
interface Caller {
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  readonly attach: (container: string) => Promise<Duplex>;
}

function callerOf(where: { socketPath: string } | { port: number }): Caller {
  const open = (method: string, path: string, headers = {}) =>
    httpRequest({ ...where, method, path: PREFIX + path, headers, agent: false });
  return {
    call: async (method, path, body) => {
      const content = body === undefined ? "" : JSON.stringify(body);
      const request = open(method, path, {
        "Content-Type": "application/json",
        "Content-Length": Buffer.byteLength(content),
      });
      request.end(content);
      const [response] = (await once(request, "response")) as [IncomingMessage];
      return { status: response.statusCode ?? 0, body: await text(response) };
    },
    attach: async (container) => {
      const path = `/containers/${container}/attach?stream=1&stdin=1&stdout=1`;
      const request = open("POST", path, { Connection: "Upgrade", Upgrade: "tcp" });
      request.end();
      const [, socket] = (await once(request, "upgrade")) as [IncomingMessage, Duplex];
      return socket;
    },
  };
}

/** A proxy, who calls through it, and who calls the engine. */
async function givenProxy(stack: AsyncDisposableStack) {
  const refusals: string[] = [];
  const proxy = createEngineProxy({
    engine: ENGINE,
    network: "none",
    refused: (_call, why) => refusals.push(why),
  });
  proxy.listen({ host: "127.0.0.1", port: 0 });
  await once(proxy, "listening");
  stack.defer(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  const { port } = proxy.address() as AddressInfo;
  const follow = async (path: string): Promise<IncomingMessage> => {
    const request = httpRequest({ port, path: PREFIX + path, agent: false });
    request.end();
    return ((await once(request, "response")) as [IncomingMessage])[0];
  };
  return {
    follow,
    refusals,
    through: callerOf({ port }),
    engine: callerOf({ socketPath: ENGINE }),
  };
}

const configuration = (installation: string, host: object = {}) => ({
  Image: IMAGE,
  Labels: { "io.penstock.installation": installation },
  AttachStdin: true,
  OpenStdin: true,
  StdinOnce: true,
  HostConfig: {
    NetworkMode: "none",
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges:true"],
    ...host,
  },
});

const randomName = () => `penstock-test-${randomBytes(4).toString("hex")}`;

test("a worker's life goes through: create, attach, start, input, output, end, remove", async () => {
  await using stack = new AsyncDisposableStack();
  const { through, engine } = await givenProxy(stack);
  const installation = randomName();
  const created = await through.call("POST", "/containers/create", configuration(installation));
  assert.equal(created.status, 201, created.body);
  const { Id } = JSON.parse(created.body) as { Id: string };
  stack.defer(async () => void (await engine.call("DELETE", `/containers/${Id}?force=1`)));

  const socket = await through.attach(Id);
  assert.equal((await through.call("POST", `/containers/${Id}/start`)).status, 204);
  // The image's command is a shell that reads its input: it ends when that does.
  socket.end("echo read $((40 + 2))\n");
  assert.match(await text(socket), /read 42\n/);
  assert.match((await through.call("POST", `/containers/${Id}/wait`)).body, /"StatusCode":0/);
  const filters = encodeURIComponent(
    JSON.stringify({ label: [`io.penstock.installation=${installation}`] }),
  );
  const listed = await through.call("GET", `/containers/json?all=1&filters=${filters}`);
  assert.equal((JSON.parse(listed.body) as unknown[]).length, 1);
  assert.equal((await through.call("DELETE", `/containers/${Id}`)).status, 204);
});

test("events are followed from the moment of the answer on", async () => {
  await using stack = new AsyncDisposableStack();
  const { follow } = await givenProxy(stack);
  const filters = JSON.stringify({ label: [`io.penstock.installation=${randomName()}`] });
  const events = await follow(`/events?filters=${encodeURIComponent(filters)}`);
  assert.equal(events.statusCode, 200);
  events.destroy();
});

test("what is not confined, and what is not its own, is refused and left as it was", async () => {
  await using stack = new AsyncDisposableStack();
  const { through, engine, refusals } = await givenProxy(stack);
  const mine = randomName();
  assert.equal(
    (await through.call("GET", `/containers/${randomName()}/json`)).status,
    404,
    "what is not there is the engine's to tell",
  );

  const name = randomName();
  const stranger = await engine.call("POST", `/containers/create?name=${name}`, { Image: IMAGE });
  assert.equal(stranger.status, 201, stranger.body);
  stack.defer(async () => void (await engine.call("DELETE", `/containers/${name}?force=1`)));
  const other = randomName();
  const another = await engine.call(
    "POST",
    `/containers/create?name=${other}`,
    configuration("another-installation"),
  );
  assert.equal(another.status, 201, another.body);
  stack.defer(async () => void (await engine.call("DELETE", `/containers/${other}?force=1`)));

  const created = await through.call("POST", "/containers/create", configuration(mine));
  const { Id } = JSON.parse(created.body) as { Id: string };
  stack.defer(async () => void (await engine.call("DELETE", `/containers/${Id}?force=1`)));

  for (const [method, path, body, why] of [
    ["GET", "/containers/json", undefined, /not permitted/],
    ["GET", "/info", undefined, /not permitted/],
    ["POST", `/containers/${name}/start`, undefined, /no worker/],
    ["DELETE", `/containers/${name}?force=1`, undefined, /no worker/],
    ["DELETE", `/containers/${other}?force=1`, undefined, /another installation/],
    ["POST", "/containers/create", configuration("i2"), /another installation/],
    ["POST", "/containers/create", configuration(mine, { Privileged: true }), /Privileged/],
    ["POST", "/containers/create", configuration(mine, { Binds: ["/:/h"] }), /Binds/],
    ["POST", "/containers/create", configuration(mine, { NetworkMode: "host" }), /network/],
    [
      "POST",
      "/containers/create",
      configuration(mine, { NetworkMode: `container:${name}` }),
      /no worker/,
    ],
  ] as const) {
    const answer = await through.call(method, path, body);
    assert.equal(answer.status, 403, `${method} ${path} ${answer.body}`);
    assert.match((JSON.parse(answer.body) as { message: string }).message, why);
  }
  assert.equal(refusals.length, 10);
  for (const container of [name, other])
    assert.match((await engine.call("GET", `/containers/${container}/json`)).body, /"created"/);
});
