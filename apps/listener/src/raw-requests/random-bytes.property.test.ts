import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { test } from "node:test";
import * as fc from "fast-check";
import { ListenerWorld } from "../test-support/listener-world.ts";
import { RawClient } from "../test-support/raw-client.ts";
import { chunks } from "./chunks.ts";
import { answerWhenComplete } from "./complete-answer.ts";
import { framing } from "./framing.ts";
import { lines } from "./lines.ts";
import { get, message } from "./raw-request.ts";

/** How many connections are tried. */
const RUNS = 80;

const honest = fc.nat({ max: 99 }).map((number) => get(`/shop/honest-${number}`));
const anyBytes = fc
  .uint8Array({ maxLength: 200 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));
const known = fc.constantFrom(...[...framing, ...chunks, ...lines].map(({ text }) => text));
/** A request of the corpus with a few bytes that are others. */
const altered = fc
  .tuple(
    known,
    fc.array(
      fc.tuple(fc.nat(), fc.constantFrom("\r", "\n", "\0", " ", ":", "a", "0", "\xff", "")),
      {
        maxLength: 3,
      },
    ),
  ) // prettier-ignore
  .map(([text, changes]) =>
    changes.reduce((sofar, [at, byte]) => {
      const index = at % sofar.length;
      return sofar.slice(0, index) + byte + sofar.slice(index + 1);
    }, text),
  );

test("random bytes, cut at random places, crash nothing and put no connection out of step", async () => {
  await using world = await ListenerWorld.start();
  await using worker = await world.honest("shop");
  const { application } = worker;
  application.behave = (run) => void answerWhenComplete(run);

  const property = fc.asyncProperty(
    fc.array(honest, { maxLength: 3 }),
    fc.array(fc.oneof(altered, anyBytes, honest), { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat(), { maxLength: 6 }),
    async (first, then, cuts) => {
      application.runs.length = 0;
      const text = [...first, ...then].join("");
      using client = await RawClient.open(world.trafficPort);
      for (const part of cut(text, cuts)) {
        if (client.closed) break;
        await client.send(part);
        await nextTurn();
      }
      // Who ends its side is taken to have left.
      await client.untilAnswers(first.length);
      client.socket.end();
      const answers = await client.untilEnded();

      const served = answers.filter(({ status }) => status === 200).map(({ body }) => body);
      const expected = first.map((request) => request.split(" ")[1]);
      assert.deepEqual(served.slice(0, first.length), expected, "what came before is answered");
      const seen = application.runs.map(({ target }) => target);
      for (const target of served) {
        const index = seen.indexOf(target);
        assert.notEqual(index, -1, `${target} was answered by the application, once`);
        seen.splice(index, 1);
      }

      using other = await RawClient.open(world.trafficPort);
      await other.send(message("GET /shop/other HTTP/1.1"));
      const [answer] = await other.untilAnswers(1);
      assert.deepEqual([answer?.status, answer?.body], [200, "/shop/other"]);
    },
  );
  await fc.assert(property, { numRuns: RUNS });
});

function* cut(text: string, places: readonly number[]): Generator<string> {
  const sorted = places.map((place) => place % (text.length + 1)).sort((a, b) => a - b);
  let start = 0;
  for (const end of [...sorted, text.length]) {
    if (end > start) yield text.slice(start, end);
    start = end;
  }
}
