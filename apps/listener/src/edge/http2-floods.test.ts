// What one HTTP/2 connection can do to others: each flood ends with its own connection, and another client's
// request is answered meanwhile. What Node's limits really do stands here as the tests found it.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { fieldBlock, Flag, Frame, frame, GET, untilWithin, type RawHttp2 } from "@penstock/testing";
import {
  CONNECT,
  data,
  ErrorCode,
  flood,
  headers,
  nth,
  openHeaders,
} from "./test-support/flood.ts";

const until = untilWithin(20_000);

const floods: readonly (readonly [
  title: string,
  attack: (client: RawHttp2) => void,
  code: number,
])[] = [
  [
    "of settings ends with GOAWAY",
    (client) => client.send(...nth(20_000).map(() => frame(Frame.settings, 0, 0, Buffer.alloc(0)))),
    ErrorCode.internal,
  ],
  [
    "of continuations ends with GOAWAY",
    (client) => {
      client.send(frame(Frame.headers, Flag.endStream, 1, fieldBlock(GET)));
      const part = fieldBlock([["x-more", "y".repeat(100)]]);
      client.send(...nth(1000).map(() => frame(Frame.continuation, 0, 1, part)));
    },
    ErrorCode.internal,
  ],
  [
    "of a HPACK table that grows ends with GOAWAY",
    (client) => client.send(frame(Frame.headers, 5, 1, Buffer.of(0x3f, 0xff, 0xff, 0xff, 0x0f))),
    ErrorCode.compression,
  ],
  [
    "of settings that change ends with GOAWAY",
    (client) =>
      client.send(
        ...nth(20_000).map((n) =>
          frame(Frame.settings, 0, 0, Buffer.from([0, 4, 0, 0, n % 255, 0])),
        ),
      ),
    ErrorCode.internal,
  ],
  [
    "of frames that nobody may send ends with GOAWAY",
    (client) => client.send(frame(Frame.pushPromise, Flag.endHeaders, 1, Buffer.alloc(4))),
    ErrorCode.protocol,
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

for (const [title, fields] of [
  ["a body", GET.map(([name, value]) => [name, name === ":method" ? "POST" : value] as const)],
  ["a tunnel", CONNECT],
] as const) {
  test(`a flood of empty frames of ${title} ends with GOAWAY`, async () => {
    const { client } = await flood(async (attacker, count) => {
      attacker.send(openHeaders(1, fields));
      await until("it is handled", () => count.handled === 1);
      attacker.send(...nth(1000).map(() => data(1, Buffer.alloc(0))));
      await until("it is closed", () => attacker.socket.destroyed);
    });
    assert.deepEqual(client.goaways.length, 1);
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
