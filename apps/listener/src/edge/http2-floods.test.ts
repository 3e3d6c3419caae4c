// What one HTTP/2 connection can do to others: each flood ends with its own connection, and another client's
// request is answered meanwhile. What Node's limits really do stands here as the tests found it.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { fieldBlock, Flag, Frame, frame, GET, RawHttp2, untilWithin } from "@penstock/testing";
import { closed, givenFront, type Handle } from "./test-support/given-front.ts";

const until = untilWithin(20_000);

const PROTOCOL_ERROR = 1;
const INTERNAL_ERROR = 2;
const REFUSED_STREAM = 7;
const ENHANCE_YOUR_CALM = 11;

interface Counted {
  handled: number;
  /** HTTP/2 connections. */
  readonly open: () => number;
}

/** Opens a port and a connection, floods, and asks on another connection, which must be answered. */
async function flood(
  attack: (client: RawHttp2, count: Counted) => void | Promise<void>,
  handle: Handle = () => {},
) {
  const count: Counted = { handled: 0, open: () => front.server.http2Connections };
  await using front = await givenFront((request, response) => {
    if (request.url === "/control") {
      response.end("answered");
      return;
    }
    count.handled++;
    handle(request, response);
  });
  const client = new RawHttp2(await front.handshake({ ALPNProtocols: ["h2"] }));
  await attack(client, count);
  const control = front.http2().request({ ":path": "/control" });
  let text = "";
  control.setEncoding("utf8").on("data", (part: string) => (text += part));
  await closed(control);
  assert.equal(text, "answered");
  const faults = "penstock_listener_http2_connections_closed_total";
  return {
    ...count,
    client,
    shareUsedUp: await front.counted(`${faults}{fault="share_used_up"}`),
    protocolErrors: await front.counted(`${faults}{fault="protocol_error"}`),
  };
}

const headers = (stream: number, fields = GET): Buffer =>
  frame(Frame.headers, Flag.endHeaders | Flag.endStream, stream, fieldBlock(fields));
const reset = (stream: number): Buffer =>
  frame(Frame.rstStream, 0, stream, Buffer.from([0, 0, 0, 8]));
const nth = (count: number): number[] => Array.from({ length: count }, (_, i) => i * 2 + 1);

suite("streams that are opened and reset", () => {
  test("in one packet are handled by nobody, and 10,000 of them end their connection", async () => {
    const { handled, client } = await flood(async (attacker) => {
      attacker.send(...nth(10_000).flatMap((id) => [headers(id), reset(id)]));
      await until("it is closed", () => attacker.socket.destroyed);
    });
    // A packet may end between a request and its reset.
    assert.ok(handled < 50, `${handled} of 10,000 were handled`);
    assert.ok(client.goaways.length > 0);
  });

  test("one after the other, each once it is handled, are bounded by the connection's share", async () => {
    const { handled, client, shareUsedUp } = await flood(async (attacker, count) => {
      for (const [index, id] of nth(10_000).entries()) {
        if (attacker.socket.destroyed) break;
        attacker.send(headers(id));
        await until("handled or closed", () => count.handled > index || attacker.socket.destroyed);
        attacker.send(reset(id));
      }
      await until("it is closed", () => attacker.socket.destroyed);
    });
    assert.ok(handled >= 200 && handled <= 300, `${handled} of 10,000 were handled`);
    assert.deepEqual(client.goaways, [ENHANCE_YOUR_CALM]);
    assert.equal(shareUsedUp, 1);
  });

  test("by the server, for what their client did, are counted alike", async () => {
    const { handled, shareUsedUp } = await flood(async (attacker, count) => {
      for (const [index, id] of nth(10_000).entries()) {
        if (attacker.socket.destroyed) break;
        attacker.send(headers(id));
        await until("handled or closed", () => count.handled > index || attacker.socket.destroyed);
        // A window that grows by nothing is an error of the stream (RFC 9113 §6.9).
        attacker.send(frame(Frame.windowUpdate, 0, id, Buffer.alloc(4)));
      }
      await until("it is closed", () => attacker.socket.destroyed);
    });
    assert.ok(handled <= 300, `${handled} of 10,000 were handled`);
    assert.ok(shareUsedUp <= 1);
  });

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
  assert.deepEqual(new Set(client.resets), new Set([REFUSED_STREAM]));
  client.socket.destroy();
});

const floods: readonly (readonly [
  title: string,
  attack: (client: RawHttp2) => void,
  code: number,
])[] = [
  [
    "of settings ends with GOAWAY",
    (client) => client.send(...nth(20_000).map(() => frame(Frame.settings, 0, 0, Buffer.alloc(0)))),
    INTERNAL_ERROR,
  ],
  [
    "of continuations ends with GOAWAY",
    (client) => {
      client.send(frame(Frame.headers, Flag.endStream, 1, fieldBlock(GET)));
      const part = fieldBlock([["x-more", "y".repeat(100)]]);
      client.send(...nth(1000).map(() => frame(Frame.continuation, 0, 1, part)));
    },
    INTERNAL_ERROR,
  ],
  [
    "of a HPACK table that grows ends with GOAWAY",
    (client) => client.send(frame(Frame.headers, 5, 1, Buffer.of(0x3f, 0xff, 0xff, 0xff, 0x0f))),
    9,
  ],
  [
    "of frames that nobody may send ends with GOAWAY",
    (client) => client.send(frame(Frame.pushPromise, Flag.endHeaders, 1, Buffer.alloc(4))),
    PROTOCOL_ERROR,
  ],
];

for (const [title, attack, code] of floods) {
  test(`a flood ${title}`, async () => {
    const { handled, client } = await flood(async (attacker) => {
      attack(attacker);
      await until("it is closed", () => attacker.socket.destroyed);
    });
    assert.equal(handled, 0);
    assert.deepEqual(client.goaways.slice(-1), [code]);
  });
}

test("a flood of pings whose answers are not read ends with the connection", async () => {
  await flood(async (attacker, count) => {
    attacker.socket.pause();
    const pings = Buffer.concat(nth(20_000).map(() => frame(Frame.ping, 0, 0, Buffer.alloc(8))));
    await until("it is closed", () => {
      if (attacker.socket.writableLength < 4 << 20) attacker.send(pings);
      return count.open() === 0;
    });
  });
});

suite("a header", () => {
  test("that unpacks to a thousand times its size reaches nobody", async () => {
    // One entry of the table, named again and again: a byte each (RFC 7541 §6.1).
    const entry = Buffer.concat([
      Buffer.of(0x40),
      fieldBlock([["x-bomb", "y".repeat(3900)]]).subarray(1),
    ]);
    const bomb = Buffer.concat([fieldBlock(GET), entry, Buffer.alloc(12_000, 0x80 | 62)]);
    const { handled, client } = await flood(async (attacker) => {
      attacker.send(frame(Frame.headers, Flag.endHeaders | Flag.endStream, 1, bomb));
      await until("it is decided", () => attacker.resets.length + attacker.goaways.length > 0);
    });
    assert.equal(handled, 0);
    client.socket.destroy();
  });

  const forbidden: readonly (readonly [title: string, field: readonly [string, string]])[] = [
    ["an upper-case name", ["X-Bad", "a"]],
    ["a field about the connection", ["connection", "close"]],
    ["a transfer coding", ["transfer-encoding", "chunked"]],
    ["a second path", [":path", "/other"]],
    ["a length that is none", ["content-length", "-1"]],
    ["a length without a body", ["content-length", "5"]],
  ];
  for (const [title, field] of forbidden) {
    test(`with ${title} reaches nobody`, async () => {
      const { handled, client } = await flood(async (attacker) => {
        attacker.send(headers(1, [...GET, field]));
        await until(
          "it is decided",
          () =>
            attacker.came.some(
              ({ type, stream }) =>
                stream === 1 && (type === Frame.rstStream || type === Frame.headers),
            ) || attacker.goaways.length > 0,
        );
      });
      assert.equal(handled, 0);
      client.socket.destroy();
    });
  }

  for (const [title, field] of [
    ["a line feed in a value", ["x-bad", "a\nX-Forwarded-For: 10.0.0.1"]],
    ["a line feed in a name", ["x-bad\nx", "a"]],
    ["a zero byte", ["x-bad", "a\0b"]],
  ] as const) {
    test(`with ${title} reaches nobody: the field is left out`, async () => {
      const seen: string[][] = [];
      const { client } = await flood(
        async (attacker, count) => {
          attacker.send(headers(1, [...GET, field, ["x-good", "1"]]));
          await until("it is handled", () => count.handled === 1);
        },
        ({ rawHeaders }) => seen.push(rawHeaders),
      );
      assert.deepEqual(seen, [["host", "shop.example", "x-good", "1"]]);
      client.socket.destroy();
    });
  }
});
