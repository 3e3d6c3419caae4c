// WebSockets over HTTP/2 (RFC 8441) at a real listener and broker, with a worker that is played by hand: what it is
// given, and what becomes of each thing that it, or the client, may do.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { OutgoingHttpHeaders } from "node:http2";
import { after, before, suite, test } from "node:test";
import { BODY_WINDOW } from "@penstock/request-queue";
import { EndFlag, RequestFlag, ToListener } from "@penstock/wire";
import { ConnectClient, type ConnectedStream } from "../test-support/connect-client.ts";
import type { About, HostileWorker } from "../test-support/hostile-worker.ts";
import { ListenerWorld, until } from "../test-support/listener-world.ts";

/** Error codes (RFC 9113 §7). */
const [NO_ERROR, CANCEL] = [0, 8];

let world: ListenerWorld;
before(async () => {
  world = await ListenerWorld.start({ scheme: "https" });
});
after(() => world[Symbol.asyncDispose]());

interface Scene {
  readonly client: ConnectClient;
  readonly stream: ConnectedStream;
  readonly worker: HostileWorker;
  readonly held: About;
  /** The request's fields as the application would get them, by lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly method: string;
  readonly target: string;
  readonly flags: number;
  readonly body: string;
}

/** What is asked, and of whom. */
interface SceneOptions {
  readonly fields?: OutgoingHttpHeaders;
  /** Ends with its head. */
  readonly endStream?: boolean;
  /** Sent right behind the head. */
  readonly early?: string;
  readonly at?: ListenerWorld;
}

/** A worker has a request that asks for a WebSocket. */
async function withScene(
  act: (scene: Scene) => Promise<void>,
  { fields = {}, endStream = false, early = "", at = world }: SceneOptions = {},
): Promise<void> {
  await using worker = await at.hostile("shop");
  worker.pull();
  await worker.flush();
  using client = await ConnectClient.open(at.trafficPort);
  const stream = client.connect("/shop/chat?a=b", fields, endStream);
  if (early !== "") stream.stream.write(early);
  await until("the worker has it", () => worker.taken.length === 1);
  const [taken] = worker.taken;
  assert(taken);
  worker.claim(taken);
  await until("it was granted", () => worker.heard.includes("grant"));
  await worker.stopPulling();
  const { method, target, rawHeaders, flags, body } = taken.envelope;
  const pairs = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ""] as const] : [],
  );
  await act({
    client,
    stream,
    worker,
    held: worker.about(taken),
    fields: new Map(pairs),
    method,
    target,
    flags,
    body: Buffer.from(body ?? []).toString(),
  });
  if (at === world)
    await until("nothing is left", async () => (await world.count("in flight")) === 0);
}

/** A 101 that takes what was asked for. */
function switching({ fields }: Scene, more = ""): { status: number; text: string } {
  const key = fields.get("sec-websocket-key") ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const text = `OK\nConnection\nUpgrade\nUpgrade\nwebsocket\nSec-WebSocket-Accept\n${accept.digest("base64")}`;
  return { status: 101, text: `${text}${more}` };
}

/** The same with an open tunnel. */
const withTunnel = (act: (scene: Scene) => Promise<void>, options?: SceneOptions): Promise<void> =>
  withScene(async (scene) => {
    scene.worker.head(scene.held, switching(scene));
    await scene.stream.answered;
    assert.equal(scene.stream.status, 200);
    await act(scene);
  }, options);

test("that it may be asked for is announced (RFC 8441 §3)", async () => {
  using client = await ConnectClient.open(world.trafficPort);
  assert.equal(client.session.remoteSettings.enableConnectProtocol, true);
});

test("an application gets the handshake of HTTP/1.1 (RFC 6455 §4.1)", () =>
  withScene(
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
    withScene(async (scene) => {
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
      withScene(async ({ stream, worker, held }) => {
        const text = `Such\nContent-Length\n${body.length}\nUpgrade\nwebsocket\nX-One\n1`;
        worker.head(held, { status, text, body, end: true });
        await until("it is closed", () => stream.closed);
        assert.deepEqual([stream.status, stream.data, stream.code], [status, body, NO_ERROR]);
        assert.deepEqual([stream.fields["x-one"], stream.fields.upgrade], ["1", undefined]);
      }));
  }

  for (const status of [200, 204, 299]) {
    test(`of ${status} would open a tunnel, and is 501 (RFC 9110 §9.3.6)`, () =>
      withScene(async ({ stream, worker, held }) => {
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
      withScene(async (scene) => {
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
  withScene(async (scene) => {
    await act(scene);
    scene.worker.head(scene.held, switching(scene));
    await scene.stream.answered;
    assert.deepEqual([scene.stream.interim, scene.stream.status], [[103], 200]);
    scene.stream.stream.close(CANCEL);
  });

suite("a tunnel", () => {
  test("carries bytes both ways, and each END_STREAM is a FIN (RFC 8441 §5)", () =>
    withTunnel(async ({ stream, worker, held }) => {
      stream.stream.write("to you");
      await until("it is there", () => worker.bodyBytes === 6);
      worker.body(held, "to me");
      worker.end(held);
      await until("the application's half has ended", () => stream.ended);
      stream.stream.end(", still");
      await until("the client's half has ended", () => worker.heard.includes("end"));
      assert.deepEqual([stream.data, worker.bodyBytes], ["to me", 13]);
      await until("it is closed", () => stream.closed);
      assert.equal(stream.code, NO_ERROR);
    }));

  test("goes on when its client ends first", () =>
    withTunnel(async ({ stream, worker, held }) => {
      stream.stream.end("the last");
      await until("its half has ended", () => worker.heard.includes("end"));
      worker.body(held, "still to you");
      worker.end(held);
      await until("it is closed", () => stream.closed);
      assert.deepEqual([stream.data, stream.ended, stream.code], ["still to you", true, NO_ERROR]);
    }));

  test("is that of a client that ended before its answer", () =>
    withTunnel(
      async ({ stream, worker, held, body }) => {
        assert.equal(body, "");
        await until("its half has ended", () => worker.heard.includes("end"));
        worker.body(held, "heard you");
        worker.end(held);
        await until("it is closed", () => stream.closed);
        assert.deepEqual([stream.data, stream.code], ["heard you", NO_ERROR]);
      },
      { endStream: true },
    ));

  test("has what its client sent ahead of the answer, once", () =>
    withTunnel(
      async ({ stream, worker, body }) => {
        const all = () => body.length + worker.bodyBytes;
        await until("all is there", () => all() === 10);
        stream.stream.close(CANCEL);
      },
      { early: "ten bytes!" },
    ));

  test("ends both ways when its application is gone", () =>
    withTunnel(async ({ stream, worker, held }) => {
      worker.body(held, "the last");
      worker.frame(held, ToListener.end, { flags: EndFlag.bothWays });
      await until("it has ended", () => stream.ended);
      assert.equal(stream.data, "the last");
      // node:http2's client sends no end of its own.
      stream.stream.end();
      await until("it is closed", () => stream.closed);
      assert.equal(stream.code, NO_ERROR);
    }));

  test("that breaks off is a reset with CANCEL, and other streams go on (RFC 8441 §5)", () =>
    withTunnel(async ({ client, stream, worker, held }) => {
      worker.frame(held, ToListener.reset, { payload: Buffer.from("it broke") });
      await until("it is closed", () => stream.closed);
      assert.deepEqual([stream.code, stream.ended], [CANCEL, true]);
      const other = client.request({ ":path": "/nobody" });
      await other.answered;
      assert.equal(other.status, 404);
    }));

  for (const [name, code] of Object.entries({ CANCEL, NO_ERROR, REFUSED_STREAM: 7 })) {
    test(`whose client resets it with ${name} is over for its application`, () =>
      withTunnel(async ({ stream, worker, held }) => {
        // Bytes that the client does not take, and that are not taken of the client.
        stream.stream.pause();
        worker.body(held, Buffer.alloc(200_000));
        stream.stream.write(Buffer.alloc(3 * BODY_WINDOW));
        await until("the window is full", () => worker.bodyBytes >= BODY_WINDOW);
        stream.stream.close(code);
        await until("the worker is told", () => worker.heard.includes("cancel"));
      }));
  }

  test("whose connection breaks is over for its application", () =>
    withTunnel(async ({ client, worker }) => {
      client.session.socket.destroy();
      await until("the worker is told", () => worker.heard.includes("cancel"));
    }));

  test("whose worker ignores the window is reset, and that is counted", () =>
    withTunnel(async ({ stream, worker, held }) => {
      const earlier = await world.count("misbehaviours");
      stream.stream.pause();
      for (let sent = 0; sent < 8 * BODY_WINDOW; sent += 128 * 1024)
        worker.body(held, Buffer.alloc(128 * 1024));
      await until("it was counted", async () => (await world.count("misbehaviours")) > earlier);
      stream.stream.resume();
      await until("it is closed", () => stream.closed);
      assert.equal(stream.code, CANCEL);
    }));

  test("holds its client back where its application does not read", () =>
    withTunnel(async ({ stream, worker, held }) => {
      const size = 3 * BODY_WINDOW;
      stream.stream.write(Buffer.alloc(size));
      await until("the window is full", () => worker.bodyBytes >= BODY_WINDOW);
      assert.ok(worker.bodyBytes <= BODY_WINDOW + 256 * 1024, `${worker.bodyBytes} bytes`);
      while (worker.bodyBytes < size) {
        const earlier = worker.bodyBytes;
        worker.credit(held, BODY_WINDOW / 2);
        await until("more came", () => worker.bodyBytes > earlier);
      }
      assert.equal(worker.bodyBytes, size);
      stream.stream.close(CANCEL);
    }));
});

test("a client that leaves before its answer takes its request with it", () =>
  withScene(async ({ stream, worker }) => {
    stream.stream.close(CANCEL);
    await until("the worker is told", () => worker.heard.includes("cancel"));
  }));

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

test("a listener that stops waits for its tunnels, and closes what is left at its limit", async () => {
  await using stopping = await ListenerWorld.start({ scheme: "https" });
  let ended: Promise<void> | undefined;
  await withTunnel(
    async ({ client, stream, worker, held }) => {
      const closed = once(client.session, "close");
      ended = stopping[Symbol.asyncDispose]();
      worker.body(held, "still served");
      await until("it came", () => stream.data === "still served");
      await closed;
      await until("it is closed", () => stream.closed);
    },
    { at: stopping },
  );
  await ended;
});
