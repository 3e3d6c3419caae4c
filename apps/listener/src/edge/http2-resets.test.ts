// Streams that come and go: one connection has one share of them, whatever they ask for and however they end.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { GET, untilWithin } from "@penstock/testing";
import type { Handle } from "./test-support/given-front.ts";
import {
  CONNECT,
  data,
  ErrorCode,
  flood,
  headers,
  nth,
  openHeaders,
  reset,
} from "./test-support/flood.ts";

const until = untilWithin(20_000);

const POST = GET.map(([name, value]) => [name, name === ":method" ? "POST" : value] as const);

/** What is asked for. */
const asked = {
  requests: (id: number): Buffer => openHeaders(id, POST),
  WebSockets: (id: number): Buffer => openHeaders(id, CONNECT),
};

suite("streams that are opened and reset", () => {
  for (const [title, ask] of Object.entries(asked)) {
    test(`${title} in one packet are handled by nobody, and 10,000 of them end their connection`, async () => {
      const { handled, client } = await flood(async (attacker) => {
        attacker.send(...nth(10_000).flatMap((id) => [ask(id), reset(id)]));
        await until("it is closed", () => attacker.socket.destroyed);
      });
      // A packet may end between a request and its reset.
      assert.ok(handled < 50, `${handled} of 10,000 were handled`);
      assert.ok(client.goaways.length > 0);
    });

    test(`${title} one after the other, each once it is handled, are bounded by the connection's share`, async () => {
      const { handled, client, shareUsedUp } = await flood(async (attacker, count) => {
        for (const [index, id] of nth(10_000).entries()) {
          if (attacker.socket.destroyed) break;
          attacker.send(ask(id));
          await until(
            "handled or closed",
            () => count.handled > index || attacker.socket.destroyed,
          );
          attacker.send(reset(id));
        }
        await until("it is closed", () => attacker.socket.destroyed);
      });
      assert.ok(handled >= 200 && handled <= 300, `${handled} of 10,000 were handled`);
      assert.deepEqual(client.goaways, [ErrorCode.enhanceYourCalm]);
      assert.equal(shareUsedUp, 1);
    });

    test(`${title} by the server, for what their client did, are counted alike`, async () => {
      const { handled, client } = await flood(async (attacker, count) => {
        for (const [index, id] of nth(10_000).entries()) {
          if (attacker.socket.destroyed) break;
          attacker.send(ask(id));
          await until(
            "handled or closed",
            () => count.handled > index || attacker.socket.destroyed,
          );
          // Trailers with a pseudo-header field are an error of the stream (RFC 9113 §8.3).
          attacker.send(headers(id, [[":path", "/"]]));
        }
        await until("it is closed", () => attacker.socket.destroyed);
      });
      // node:http2's own limit of wrong frames comes first.
      assert.ok(handled > 50 && handled <= 300, `${handled} of 10,000 were handled`);
      assert.ok(client.resets.length > 50, `${client.resets.length} were reset`);
    });
  }

  test("that were answered cost nothing of the share", async () => {
    const { handled, client } = await flood(
      async (attacker, count) => {
        for (const [index, id] of nth(300).entries()) {
          attacker.send(headers(id));
          await until("answered", () => count.handled > index);
        }
      },
      (_request, response) => response.end(),
    );
    assert.equal(handled, 300);
    assert.deepEqual(client.goaways, []);
    client.socket.destroy();
  });
});

test("streams beyond a hundred at once are refused, and the others go on", async () => {
  const { handled, client } = await flood(async (attacker, count) => {
    attacker.send(...nth(150).map((id) => headers(id)));
    await until("all are decided", () => count.handled + attacker.resets.length === 150);
  });
  assert.equal(handled, 100);
  assert.deepEqual(new Set(client.resets), new Set([ErrorCode.refusedStream]));
  client.socket.destroy();
});

/** Answers more than its client takes, and perhaps all. */
const floodBack =
  (end: boolean): Handle =>
  (_request, response) => {
    response.writeHead(200, []);
    response.write(Buffer.alloc(500_000));
    if (end) response.end();
  };

// node:http2 tells no end of a stream that is reset so while there is something to read or to write.
suite("streams that are reset with NO_ERROR are over, and are counted alike:", () => {
  const unread: Readonly<Record<string, readonly [open: (id: number) => Buffer, Handle]>> = {
    "a request that waits": [headers, () => {}],
    "a request whose body waits": [
      (id) => Buffer.concat([openHeaders(id, POST), data(id, Buffer.alloc(1000))]),
      () => {},
    ],
    "a WebSocket that waits": [
      (id) => Buffer.concat([openHeaders(id, CONNECT), data(id, Buffer.alloc(1000))]),
      () => {},
    ],
  };
  for (const [title, [open, handle]] of Object.entries(unread)) {
    test(title, async () => {
      const { handled, client } = await flood(async (attacker, count) => {
        for (const [index, id] of nth(10_000).entries()) {
          if (attacker.socket.destroyed) break;
          attacker.send(open(id));
          const last = (): number => Math.min(count.handled, count.over);
          await until(
            "handled or closed",
            () => count.handled > index || attacker.socket.destroyed,
          );
          attacker.send(reset(id, ErrorCode.none));
          await until("over or closed", () => last() > index || attacker.socket.destroyed);
        }
        await until("it is closed", () => attacker.socket.destroyed);
      }, handle);
      assert.ok(handled >= 200 && handled <= 300, `${handled} of 10,000 were handled`);
      assert.deepEqual(client.goaways, [ErrorCode.enhanceYourCalm]);
    });
  }

  test("a whole answer that is not taken, whose request goes on", async () => {
    await flood(async (attacker, count) => {
      for (const [index, id] of nth(5).entries()) {
        attacker.send(openHeaders(id, POST), data(id, Buffer.alloc(1000)));
        await until("it is handled", () => count.handled > index);
        attacker.send(reset(id, ErrorCode.none));
        await until("it is over", () => count.over > index);
      }
      attacker.socket.destroy();
    }, floodBack(true));
  });
});

for (const [name, code] of [
  ["NO_ERROR", ErrorCode.none],
  ["CANCEL", ErrorCode.cancel],
] as const) {
  test(`answers that were not taken, and reset with ${name}, end with another connection`, async () => {
    const { handled, client } = await flood(async (attacker, count) => {
      for (const [index, id] of nth(200).entries()) {
        if (attacker.socket.destroyed) break;
        attacker.send(headers(id));
        await until("handled or closed", () => count.handled > index || attacker.socket.destroyed);
        attacker.send(reset(id, code));
        await until("over or closed", () => count.over > index || attacker.socket.destroyed);
      }
    }, floodBack(false));
    // Each of them left 500,000 bytes in node:http2's books.
    assert.ok(handled > 5 && handled < 20, `${handled} were handled`);
    assert.deepEqual([client.goaways, client.resets], [[ErrorCode.none], []]);
  });
}

test("an early answer ends its stream, also where nobody reads the request", async () => {
  await flood(
    async (attacker, count) => {
      for (const [index, id] of nth(20).entries()) {
        attacker.send(openHeaders(id, POST), data(id, Buffer.alloc(1000)));
        await until("it is over", () => count.over > index);
      }
      attacker.socket.destroy();
    },
    (_request, response) => response.end("enough"),
  );
});
