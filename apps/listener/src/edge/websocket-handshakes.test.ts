// How WebSockets are opened over HTTP/2 (RFC 8441): what an application is given, what becomes of each answer, and
// what is refused.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { OutgoingHttpHeaders } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { RequestFlag, ToListener } from "@penstock/wire";
import { ConnectClient } from "../test-support/connect-client.ts";
import { switching, withScene, withTunnel, type Scene } from "../test-support/connect-scene.ts";
import { ListenerWorld, until } from "../test-support/listener-world.ts";

/** Error codes (RFC 9113 §7). */
const [NO_ERROR, CANCEL] = [0, 8];

let world: ListenerWorld;
before(async () => {
  world = await ListenerWorld.start({ scheme: "https" });
});
after(() => world[Symbol.asyncDispose]());

test("that it may be asked for is announced (RFC 8441 §3)", async () => {
  using client = await ConnectClient.open(world.trafficPort);
  assert.equal(client.session.remoteSettings.enableConnectProtocol, true);
});

test("an application gets the handshake of HTTP/1.1 (RFC 6455 §4.1)", () =>
  withScene(
    world,
    async ({ fields, method, target, flags, stream }) => {
      assert.deepEqual([method, target], ["GET", "/shop/chat?a=b"]);
      assert.equal(flags & RequestFlag.upgrade, RequestFlag.upgrade);
      assert.equal(flags & RequestFlag.encrypted, RequestFlag.encrypted);
      const host = `127.0.0.1:${world.trafficPort}`;
      const expected = {
        host,
        connection: "Upgrade",
        upgrade: "websocket",
        origin: "https://www.example",
        "sec-websocket-version": "13",
        "sec-websocket-protocol": "chat, superchat",
        "sec-websocket-extensions": "permessage-deflate",
        // What Penstock says of a client it says of this one.
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": host,
      };
      for (const [name, value] of Object.entries(expected)) assert.equal(fields.get(name), value);
      assert.equal(Buffer.from(fields.get("sec-websocket-key") ?? "", "base64").length, 16);
      for (const name of [":protocol", "transfer-encoding", "content-length", "forwarded"])
        assert.equal(fields.has(name), false, name);
      stream.stream.close(CANCEL);
    },
    {
      fields: {
        origin: "https://www.example",
        "sec-websocket-protocol": "chat, superchat",
        "sec-websocket-extensions": "permessage-deflate",
        "sec-websocket-key": "not a key",
        "x-forwarded-for": "10.0.0.1",
        forwarded: "for=10.0.0.1",
      },
    },
  ));

suite("an answer", () => {
  test("of 101 is 200, with what the two agreed on (RFC 8441 §5)", () =>
    withScene(world, async (scene) => {
      const { stream, worker, held } = scene;
      const agreed = "\nSec-WebSocket-Protocol\nchat\nSec-WebSocket-Extensions\npermessage-deflate";
      worker.head(held, switching(scene, `${agreed}\nX-One\n1\nContent-Length\n7`));
      await stream.answered;
      const { fields } = stream;
      assert.equal(stream.status, 200);
      assert.deepEqual(
        [fields["sec-websocket-protocol"], fields["sec-websocket-extensions"], fields["x-one"]],
        ["chat", "permessage-deflate", "1"],
      );
      for (const name of ["connection", "upgrade", "sec-websocket-accept", "content-length"])
        assert.equal(fields[name], undefined, name);
      stream.stream.close(CANCEL);
    }));

  for (const [status, body] of [
    [302, ""],
    [401, "who?"],
    [426, "of another version"],
    [503, "not now"],
  ] as const) {
    test(`of ${status} is that answer, and ends the stream`, () =>
      withScene(world, async ({ stream, worker, held }) => {
        const text = `Such\nContent-Length\n${body.length}\nUpgrade\nwebsocket\nX-One\n1`;
        worker.head(held, { status, text, body, end: true });
        await until("it is closed", () => stream.closed);
        assert.deepEqual([stream.status, stream.data, stream.code], [status, body, NO_ERROR]);
        assert.deepEqual([stream.fields["x-one"], stream.fields.upgrade], ["1", undefined]);
      }));
  }

  for (const status of [200, 204, 299]) {
    test(`of ${status} would open a tunnel, and is 501 (RFC 9110 §9.3.6)`, () =>
      withScene(world, async ({ stream, worker, held }) => {
        const misbehaviours = await world.count("misbehaviours");
        worker.head(held, { status, text: "OK\nX-Evil\n1", body: "a page", end: status !== 299 });
        await until("it is closed", () => stream.closed);
        assert.deepEqual([stream.status, stream.reason], [501, "Verb"]);
        assert.match(stream.data, new RegExp(`answered ${status} to a WebSocket`));
        assert.equal(stream.fields["x-evil"], undefined);
        await until("the worker is told", () => worker.heard.includes("cancel"));
        assert.equal(await world.count("misbehaviours"), misbehaviours, "it is the client's doing");
      }));
  }

  test("may have interim ones before it", () =>
    withTunnelAfter(async ({ worker, held }) => {
      worker.frame(held, ToListener.interim, {
        number16: 103,
        payload: Buffer.from("Link\n</a>; rel=preload"),
      });
    }));

  const none: readonly (readonly [title: string, text: (scene: Scene) => string])[] = [
    ["without an accept value", () => "OK\nUpgrade\nwebsocket"],
    ["with another accept value", () => "OK\nUpgrade\nwebsocket\nSec-WebSocket-Accept\nx"],
    ["to another protocol", (scene) => switching(scene).text.replace("websocket", "own/1")],
    ["to no protocol", (scene) => switching(scene).text.replace("Upgrade\nwebsocket\n", "")],
    ["that splits a field", (scene) => switching(scene, "\nX-Evil\n1\r\nSet-Cookie: a=1").text],
  ];
  for (const [title, text] of none) {
    test(`of 101 ${title} is none: 502`, () =>
      withScene(world, async (scene) => {
        const misbehaviours = await world.count("misbehaviours");
        scene.worker.head(scene.held, { status: 101, text: text(scene) });
        await until("it is closed", () => scene.stream.closed);
        assert.deepEqual([scene.stream.status, scene.stream.reason], [502, "BadGatewayResponse"]);
        assert.equal(await world.count("misbehaviours"), misbehaviours + 1);
      }));
  }
});

/** What is done before the 101 is there before the 200. */
const withTunnelAfter = (act: (scene: Scene) => Promise<void>): Promise<void> =>
  withScene(world, async (scene) => {
    await act(scene);
    scene.worker.head(scene.held, switching(scene));
    await scene.stream.answered;
    assert.deepEqual([scene.stream.interim, scene.stream.status], [[103], 200]);
    scene.stream.stream.close(CANCEL);
  });

suite("refused with", () => {
  const refused: readonly (readonly [
    title: string,
    fields: OutgoingHttpHeaders,
    status: number,
    reason: string,
  ])[] = [
    ["501 is another protocol (RFC 9220 §3)", { ":protocol": "connect-udp" }, 501, "Verb"],
    ["400 is a scheme of plain http (RFC 8441 §5)", { ":scheme": "http" }, 400, "BadRequest"],
    ["404 is a path of no pool", { ":path": "/nobody" }, 404, "NotFound"],
    ["431 is too large a header", { "x-large": "x".repeat(17_000) }, 431, "FieldLength"],
    ["414 is too long a segment", { ":path": `/shop/${"x".repeat(300)}` }, 414, "URL_Length"],
  ];
  for (const [title, fields, status, reason] of refused) {
    test(title, async () => {
      using client = await ConnectClient.open(world.trafficPort);
      const stream = client.connect("/shop/chat", fields);
      await until("it is closed", () => stream.closed);
      assert.deepEqual([stream.status, stream.reason, stream.code], [status, reason, NO_ERROR]);
    });
  }

  test("501 is a CONNECT to elsewhere (RFC 9113 §8.5)", async () => {
    using client = await ConnectClient.open(world.trafficPort);
    const stream = client.request({ ":method": "CONNECT", ":authority": "elsewhere:443" });
    await until("it is closed", () => stream.closed);
    assert.deepEqual([stream.status, stream.reason], [501, "Verb"]);
  });
});

test("the logs have a WebSocket as the upgrade that it is, and a refusal as it was asked", async () => {
  const folder = await mkdtemp(join(tmpdir(), "penstock-logs-"));
  const [accessLog, httpErrorLog] = [join(folder, "access"), join(folder, "errors")];
  const logged = await ListenerWorld.start({
    scheme: "https",
    settings: { accessLog, accessLogFormat: "json", httpErrorLog },
  });
  await withTunnel(logged, async ({ client, stream }) => {
    const refused = client.connect("/shop/chat", { ":protocol": "connect-udp" });
    await until("it is refused", () => refused.closed);
    stream.stream.close(CANCEL);
  });
  await logged[Symbol.asyncDispose]();
  const lines = (await readFile(accessLog, "utf8")).trim().split("\n");
  const seen = lines.map((line) => {
    const { method, path, status, pool } = JSON.parse(line) as Record<string, unknown>;
    return [method, path, status, pool];
  });
  assert.deepEqual(seen, [
    ["GET", "/shop/chat", 101, "shop"],
    ["CONNECT", "/shop/chat", 501, ""],
  ]);
  const errors = (await readFile(httpErrorLog, "utf8"))
    .split("\n")
    .filter((line) => /^\d/.test(line));
  assert.match(errors.join(), /^[^,]* HTTP\/2.0 CONNECT \/shop\/chat 501 [^,]*Verb[^,]*$/);
  await rm(folder, { recursive: true });
});
