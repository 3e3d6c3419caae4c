import assert from "node:assert/strict";
import { test } from "node:test";
import { operationalEvents, eventFacts, type OperationalEventKind } from "@penstock/domain";
import { eventsPage } from "./events-page.ts";

test("every kind of event has its row, with its severity, its number in Windows and one sentence", async () => {
  const lines = (await eventsPage()).split("\n");
  for (const kind of Object.keys(operationalEvents) as OperationalEventKind[]) {
    const { severity, was, meaning } = eventFacts(kind);
    const [row, ...more] = lines.filter((line) => line.startsWith(`| \`${kind}\` `));
    assert(row, kind);
    assert.deepEqual(more, []);
    for (const part of [severity, meaning, was === undefined ? "" : ` ${was} `])
      assert(row.includes(part), `${kind}: ${part}`);
    assert.match(meaning, /^[A-Z].+\.$/, kind);
  }
});
