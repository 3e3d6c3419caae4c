// Slow bodies over HTTP/2: each costs its own stream and no other, whoever leaves is no bad request, and an application
// answers before a body has come.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type ClientHttp2Stream, type IncomingHttpHeaders } from "node:http2";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { aCertificate, writeCertificate } from "@penstock/testing";
import { eventually } from "./support/eventually.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const CERTIFICATE = aCertificate(["shop.example", "127.0.0.1"]);

function configuration(place: Place): string {
  writeCertificate(join(place.folder, "shop"), CERTIFICATE);
  const urls = [`https://+:${place.port}/`];
  return JSON.stringify({
    version: 1,
    applicationPools: { shop: { urls, module: place.application("fidelity") } },
    urlGroups: { shop: { timeouts: { entityBody: "2s" } } },
    tls: { certificates: [{ host: "shop.example", cert: "shop.crt", key: "shop.key" }] },
  });
}

const counted = async (penstock: Penstock, reason: string): Promise<number | undefined> =>
  (await penstock.metrics("listener")).value(
    `penstock_http_rejections_total{pool="shop",reason="${reason}"}`,
  );

/** The status and the body of an answer. */
async function answer(stream: ClientHttp2Stream): Promise<string> {
  const [head] = (await once(stream, "response")) as [IncomingHttpHeaders];
  let text = "";
  stream.setEncoding("utf8").on("data", (part: string) => (text += part));
  if (!stream.closed) await once(stream, "close");
  return `${Number(head[":status"])} ${text}`;
}

test("a slow body of HTTP/2 is cut off alone", () =>
  withPenstock(configuration, async (penstock) => {
    const session = connect(`https://127.0.0.1:${penstock.port}`, { ca: CERTIFICATE.cert });
    session.on("error", () => {});
    const post = (path: string, length: number): ClientHttp2Stream => {
      const stream = session.request({
        ":method": "POST",
        ":path": `/shop/${path}`,
        "content-length": length,
      });
      return stream.on("error", () => {});
    };
    try {
      const early = post("early", 1000);
      early.write("begun");
      assert.equal(await answer(early), "413 too much");

      const [small, large, steady] = [
        post("seen", 1000),
        post("seen", 1_000_000),
        post("seen", 10_000),
      ];
      const outcomes = Promise.all([answer(small), answer(large), answer(steady)]);
      for (let n = 0; n < 200 && !(small.closed && large.closed && steady.writableEnded); n++) {
        for (const slow of [small, large]) if (!slow.destroyed && !slow.closed) slow.write("x");
        if (n < 10) steady.write("x".repeat(1000));
        else if (!steady.writableEnded) steady.end();
        await pause(100);
      }
      const [first, second, third] = await outcomes;
      for (const refusal of [first, second]) assert.match(refusal, /^408 .*"Timer_EntityBody"/s);
      assert.match(third, /^200 /);
      assert.equal(await counted(penstock, "Timer_EntityBody"), 2);

      const leaving = post("silent", 1000);
      leaving.write("begun");
      await eventually("it runs", () => penstock.metrics("listener"), {
        found: (metrics) => metrics.value(`penstock_http_requests_in_flight{pool="shop"}`) === 1,
      });
      leaving.close();
      await eventually("it left", () => counted(penstock, "Client_Reset"), {
        found: (count) => count === 1,
      });
      assert.equal(await counted(penstock, "BadRequest"), 0);
    } finally {
      session.destroy();
    }
  }));
