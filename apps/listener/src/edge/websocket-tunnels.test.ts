// WebSockets that are open over HTTP/2 (RFC 8441): what each side may do, and what becomes of the other.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, suite, test } from "node:test";
import { BODY_WINDOW } from "@penstock/request-queue";
import { EndFlag, ToListener } from "@penstock/wire";
import { withScene, withTunnel } from "../test-support/connect-scene.ts";
import { ListenerWorld, until } from "../test-support/listener-world.ts";

/** Error codes (RFC 9113 §7). */
const [NO_ERROR, CANCEL] = [0, 8];

let world: ListenerWorld;
before(async () => {
  world = await ListenerWorld.start({ scheme: "https" });
});
after(() => world[Symbol.asyncDispose]());

suite("a tunnel", () => {
  test("carries bytes both ways, and each END_STREAM is a FIN (RFC 8441 §5)", () =>
    withTunnel(world, async ({ stream, worker, held }) => {
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
    withTunnel(world, async ({ stream, worker, held }) => {
      stream.stream.end("the last");
      await until("its half has ended", () => worker.heard.includes("end"));
      worker.body(held, "still to you");
      worker.end(held);
      await until("it is closed", () => stream.closed);
      assert.deepEqual([stream.data, stream.ended, stream.code], ["still to you", true, NO_ERROR]);
    }));

  test("is that of a client that ended before its answer", () =>
    withTunnel(
      world,
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
      world,
      async ({ stream, worker, body }) => {
        const all = () => body.length + worker.bodyBytes;
        await until("all is there", () => all() === 10);
        stream.stream.close(CANCEL);
      },
      { early: "ten bytes!" },
    ));

  test("ends both ways when its application is gone", () =>
    withTunnel(world, async ({ stream, worker, held }) => {
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
    withTunnel(world, async ({ client, stream, worker, held }) => {
      worker.frame(held, ToListener.reset, { payload: Buffer.from("it broke") });
      await until("it is closed", () => stream.closed);
      assert.deepEqual([stream.code, stream.ended], [CANCEL, true]);
      const other = client.request({ ":path": "/nobody" });
      await other.answered;
      assert.equal(other.status, 404);
    }));

  for (const [name, code] of Object.entries({ CANCEL, NO_ERROR, REFUSED_STREAM: 7 })) {
    test(`whose client resets it with ${name} is over for its application`, () =>
      withTunnel(world, async ({ stream, worker, held }) => {
        // Bytes that the client does not take, and that are not taken of the client.
        stream.stream.pause();
        worker.body(held, Buffer.alloc(200_000));
        stream.stream.write(Buffer.alloc(3 * BODY_WINDOW));
        await until("the window is full", () => worker.bodyBytes >= BODY_WINDOW);
        stream.stream.close(code);
        await until("the worker is told", () => worker.heard.includes("cancel"));
        assert.equal(worker.heard.includes("end"), false, "a reset is no end");
      }));
  }

  test("whose connection breaks is over for its application", () =>
    withTunnel(world, async ({ client, worker }) => {
      client.session.socket.destroy();
      await until("the worker is told", () => worker.heard.includes("cancel"));
    }));

  test("whose worker ignores the window is reset, and that is counted", () =>
    withTunnel(world, async ({ stream, worker, held }) => {
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
    withTunnel(world, async ({ stream, worker, held }) => {
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
  withScene(world, async ({ stream, worker }) => {
    stream.stream.close(CANCEL);
    await until("the worker is told", () => worker.heard.includes("cancel"));
  }));

test("a listener that stops waits for its tunnels, and closes what is left at its limit", async () => {
  await using stopping = await ListenerWorld.start({ scheme: "https" });
  let ended: Promise<void> | undefined;
  await withTunnel(
    stopping,
    async ({ client, stream, worker, held }) => {
      const closed = once(client.session, "close");
      ended = stopping[Symbol.asyncDispose]();
      worker.body(held, "still served");
      await until("it came", () => stream.data === "still served");
      await closed;
      await until("it is closed", () => stream.closed);
    },
    { stops: true },
  );
  await ended;
});
