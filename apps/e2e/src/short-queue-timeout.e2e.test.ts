import test from "node:test";
import { assertRefusal } from "./support/refusal.ts";
import { withPenstock } from "./support/run-penstock.ts";

test("the shortest queueTimeout that the file may have is one that the broker takes", () =>
  withPenstock(
    ({ url, application }) => ({
      app: { urls: [url("/app/")], module: application("echo"), queueTimeout: "1ms" },
    }),
    async ({ origin }) => {
      const answer = await fetch(`${origin}/app/`);
      await assertRefusal(answer, { status: 503, reason: "Timer_ReqQueue", waits: true });
    },
  ));
