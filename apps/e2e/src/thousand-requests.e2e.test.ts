// A burst on a pool at zero: everybody waits for the first workers, and everybody gets their own answer.

import assert from "node:assert/strict";
import test from "node:test";
import { Agent, request } from "undici";
import { withPenstock } from "./support/run-penstock.ts";

const REQUESTS = 1000;

test("1,000 concurrent requests on a pool at zero get 1,000 right answers", () =>
  withPenstock(
    ({ url, application }) => ({
      echo: {
        urls: [url("/echo/")],
        module: application("echo"),
        processModel: { maxProcesses: 4 },
      },
    }),
    async (penstock) => {
      const agent = new Agent({ connections: REQUESTS });
      assert.deepEqual(await penstock.workers("echo"), [], "at zero");
      const answers = await Promise.all(
        Array.from({ length: REQUESTS }, async (_, number) => {
          const body = `body ${number} of ${crypto.randomUUID()}`;
          const answer = await request(`${penstock.origin}/echo/${number}`, {
            method: "POST",
            body,
            dispatcher: agent,
          });
          const text = await answer.body.text();
          return { status: answer.statusCode, right: text === `/echo/${number} ${body}`, text };
        }),
      );
      const wrong = answers.filter(({ status, right }) => status !== 200 || !right);
      assert.deepEqual(wrong.slice(0, 3), [], `${wrong.length} answers are wrong`);
      assert((await penstock.workers("echo")).length <= 4, "never more than maxProcesses");
      const metrics = await penstock.metrics("listener");
      assert.equal(
        metrics.value('penstock_http_requests_total{pool="echo",method="POST",code="200"}'),
        REQUESTS,
      );
      await agent.close();
    },
  ));
