// Heads of answers that are no HTTP: the client gets 502 and not a byte of them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HeadFlag, ToListener } from "@penstock/wire";
import type { About, HostileWorker } from "../test-support/hostile-worker.ts";
import { ListenerWorld, withScene } from "../test-support/listener-world.ts";

let world: ListenerWorld;
before(async () => {
  world = await ListenerWorld.start();
});
after(() => world[Symbol.asyncDispose]());

/** The client of what was said gets 502, both are counted, the worker is told to stop. */
function refused(what: string, say: (hostile: HostileWorker, held: About) => void): void {
  test(`${what}: 502`, () =>
    withScene(world, async ({ hostile, held, victim }) => {
      const [misbehaviours, refusals] = await counts();
      say(hostile, held);
      const { status, fields, body, cut } = await victim.outcome;
      assert.deepEqual([status, cut], [502, false]);
      assert.equal(
        (JSON.parse(body.toString()) as { reason: string }).reason,
        "BadGatewayResponse",
      );
      assert(!/evil/i.test(fields.join() + body.toString()), "nothing of it reached the client");
      assert.deepEqual(await counts(), [misbehaviours + 1, refusals + 1]);
    }));
}

const counts = () => Promise.all([world.count("misbehaviours"), world.count("bad gateway")]);

const head =
  (text: string, rest: { status?: number; body?: string } = {}) =>
  (hostile: HostileWorker, held: About) =>
    hostile.head(held, { text, end: true, ...rest });

for (const status of [0, 1, 99, 1000, 65_535])
  refused(`status ${status}`, head("OK\nX-Evil\n1", { status }));

for (const status of [100, 101, 102, 103, 199])
  refused(`status ${status} as the final one`, head("OK\nX-Evil\n1", { status }));

for (const [what, text] of [
  ["a carriage return in a value", "OK\nX-Evil\n1\rSet-Cookie: evil=1"],
  ["a bare line end that splits a field", "OK\nX-Evil\n1\r\nSet-Cookie: evil=1"],
  ["a NUL in a value", "OK\nX-Evil\n1\0"],
  ["another control character in a value", "OK\nX-Evil\n\x01"],
  ["a DEL in a value", "OK\nX-Evil\n\x7F"],
  ["a carriage return in a name", "OK\nX-Evil\r\nSet-Cookie\n1\n"],
  ["a NUL in a name", "OK\nX-Evil\0\n1"],
  ["a space in a name", "OK\nX Evil\n1"],
  ["a colon in a name", "OK\nX-Evil: 1\n2"],
  ["a byte over 0x7F in a name", "OK\nX-\xC9vil\n1"],
  ["an empty name", "OK\n\nevil"],
  ["a name without a value", "OK\nX-Evil"],
  ["no line at all but a field too many", "\n\n\n"],
  ["a carriage return in the reason phrase", "OK\rX-Evil: 1"],
  ["a line end in the reason phrase", "OK\r\nX-Evil: 1\r\n\r\nevil"],
  ["a NUL in the reason phrase", "OK\0evil"],
  ["two lengths that differ", "OK\nContent-Length\n1\ncontent-length\n4\nX-Evil\n1"],
  ["two lengths that agree", "OK\nContent-Length\n0\nContent-Length\n0\nX-Evil\n1"],
  ["a negative length", "OK\nContent-Length\n-1\nX-Evil\n1"],
  ["a length in hexadecimal", "OK\nContent-Length\n0x10\nX-Evil\n1"],
  ["a length with a sign", "OK\nContent-Length\n+4\nX-Evil\n1"],
  ["a length that no number holds", `OK\nContent-Length\n${"9".repeat(30)}\nX-Evil\n1`],
  ["a list of lengths", "OK\nContent-Length\n4, 4\nX-Evil\n1"],
  ["a header of 300 KiB in one field", `OK\nX-Evil\n${"e".repeat(300 * 1024)}`],
  ["a header of 300 KiB in its reason phrase", `${"e".repeat(300 * 1024)}\nX-Evil\n1`],
  ["a header of 150,000 fields", `OK${"\ne\n".repeat(150_000)}`],
  ["a header as long as a message may be", `OK\nX-Evil\n${"e".repeat(1_000_000)}`],
] as const)
  refused(what, head(text));

refused("a body beyond its Content-Length", head("OK\nContent-Length\n4", { body: "evil!" }));
refused("a body short of its Content-Length", head("OK\nContent-Length\n5", { body: "evil" }));

const raw = (payload: Buffer) => (hostile: HostileWorker, held: About) =>
  hostile.frame(held, ToListener.head, { flags: HeadFlag.end, number16: 200, payload });

refused("a head without a byte", raw(Buffer.alloc(0)));
refused("a head that ends in its length", raw(Buffer.from([1, 0, 0])));
refused("a head whose text is longer than itself", raw(Buffer.from([9, 0, 0, 0, 79, 75])));
refused("a head whose text has a negative length", raw(Buffer.from([255, 255, 255, 255, 79, 75])));

test("bytes from 0x80 to 0xFF in a value, and tabs, are HTTP and pass as they are", () =>
  withScene(world, async ({ hostile, held, victim }) => {
    const value = `a\tb ${Array.from({ length: 128 }, (_, i) => String.fromCharCode(128 + i)).join("")}`;
    hostile.head(held, { text: `OK\nX-Odd\n${value}`, end: true });
    const { status, fields } = await victim.outcome;
    assert.equal(status, 200);
    assert.equal(fields[fields.indexOf("X-Odd") + 1], value);
  }));

test("fields that steer the client's connection are left out", () =>
  withScene(world, async ({ hostile, held, victim }) => {
    const steering =
      "Transfer-Encoding\nchunked\nConnection\nX-Evil\nUpgrade\nh2c\nKeep-Alive\ntimeout=9";
    hostile.head(held, { text: `OK\n${steering}\nContent-Length\n4`, body: "body", end: true });
    const { status, fields, body } = await victim.outcome;
    assert.deepEqual([status, body.toString()], [200, "body"]);
    assert(!/chunked|Evil|h2c|timeout=9/.test(fields.join()));
  }));
