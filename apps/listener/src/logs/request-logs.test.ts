import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { answerWhenComplete } from "../raw-requests/complete-answer.ts";
import { get, post } from "../raw-requests/raw-request.ts";
import { ListenerWorld, until } from "../test-support/listener-world.ts";
import { RawClient } from "../test-support/raw-client.ts";

function lines(path: string): readonly string[] {
  const all = readFileSync(path, "utf8").trim().split("\n");
  return all.filter((line) => !line.startsWith("#"));
}

test("every request has its line, every refusal and every client that left the one of its reason", async () => {
  const folder = mkdtempSync(join(tmpdir(), "penstock-logs-"));
  try {
    const [accessLog, httpErrorLog] = [join(folder, "access.log"), join(folder, "httperr.log")];
    {
      await using world = await ListenerWorld.start({ settings: { accessLog, httpErrorLog } });
      await using worker = await world.honest("shop");
      worker.application.behave = (run) =>
        run.target === "/shop/held" ? undefined : void answerWhenComplete(run);
      using client = await RawClient.open(world.trafficPort);
      await client.send(post(["Content-Length: 5", "User-Agent: a\tb"], "hello", "/shop/a?secret"));
      await client.untilAnswers(1);
      await client.send(get("/nowhere"));
      await client.untilAnswers(2);
      await client.send("BROKEN\r\n\r\n");
      await client.untilEnded();
      using leaving = await RawClient.open(world.trafficPort);
      await leaving.send(get("/shop/held"));
      await until("it runs", () => worker.application.runs.length === 2);
      leaving.socket.destroy();
      await until("it is logged", () => lines(httpErrorLog).length === 3);
    }
    const access = lines(accessLog).map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      access.map(({ method, path, status, reason, bytes, received, pool }) => [
        method,
        path,
        status,
        reason,
        bytes,
        received,
        pool,
      ]),
      [
        ["POST", "/shop/a", 200, undefined, "/shop/a?secret".length, 5, "shop"],
        ["GET", "/nowhere", 404, "NotFound", 0, 0, ""],
        ["GET", "/shop/held", 499, "Client_Reset", 0, 0, "shop"],
      ],
    );
    assert.match(String(access[0]?.["worker"]), /^shop-honest-/);
    const ends = lines(httpErrorLog).map((line) => line.split(" ").slice(6).join(" "));
    assert.deepEqual(ends, [
      "HTTP/1.1 GET /nowhere 404 - NotFound -",
      "- - - 501 - Verb -",
      "HTTP/1.1 GET /shop/held 499 shop Client_Reset shop",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
