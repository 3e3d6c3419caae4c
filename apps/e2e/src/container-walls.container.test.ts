// What an application in a container cannot reach: the outside, other containers, other workers, the engine,
// and with the broker it can speak but not log in. Each probe has a control that shows that there is
// something to be reached.

import assert from "node:assert/strict";
import test from "node:test";
import {
  containersOf,
  plainImage,
  plainPool,
  withContainers,
} from "./support/container-penstock.ts";
import { docker } from "./support/docker.ts";
import type { Penstock } from "./support/penstock.ts";

const NETWORK_ADDRESS = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";

test("an application reaches neither the outside, nor another worker, nor the engine, nor a queue", () =>
  withContainers(
    (place) => ({
      plain: plainPool(place),
      other: { ...plainPool(place), urls: [place.url("/other/")] },
    }),
    async (penstock) => {
      const outside = await docker(["run", "--detach", "--rm", plainImage]);
      try {
        assert.equal(await ask(penstock, "plain", "files"), "EROFS written no socket");
        const outsideAddress = await docker(["inspect", "--format", NETWORK_ADDRESS, outside]);
        assert.equal(await reachFromOutside(outsideAddress), "connected", "control");
        assert.equal(await reach(penstock, outsideAddress, 3000), "silence");

        await ask(penstock, "other", "");
        const [other = ""] = await containersOf(penstock, "other", "host");
        const otherAddress = await docker(["inspect", "--format", NETWORK_ADDRESS, other]);
        assert.match(otherAddress, /^\d+\.\d+\.\d+\.\d+$/);
        assert.equal(await reach(penstock, otherAddress, 3000), "silence");
        assert.match(await reach(penstock, "127.0.0.1", 3000), /^connected/, "control");

        const [, host = "", port = ""] =
          /on nats:\/\/([\d.]+):(\d+)/.exec(penstock.command.said) ?? [];
        const login = 'CONNECT {"verbose":true}\r\nSUB > 1\r\nPING\r\n';
        const said = await reach(penstock, host, Number(port), login);
        assert.match(said, /^connected INFO .*-ERR 'Authorization Violation'/s);
        assert.doesNotMatch(said, /\+OK|PONG/);
      } finally {
        await docker(["rm", "--force", outside]);
      }
    },
  ));

/** What a container on the engine's default network makes of an address. */
async function reachFromOutside(host: string): Promise<string> {
  const script = `require("net").connect(3000, "${host}").on("connect", () => { console.log("connected"); process.exit() })`;
  return await docker(["run", "--rm", plainImage, "node", "-e", script]);
}

function reach(penstock: Penstock, host: string, port: number, say = ""): Promise<string> {
  const query = new URLSearchParams({ host, port: String(port), say });
  return ask(penstock, "plain", `reach?${query.toString()}`);
}

async function ask(penstock: Penstock, pool: string, what: string): Promise<string> {
  const answer = await fetch(`${penstock.origin}/${pool}/${what}`);
  assert.equal(answer.status, 200);
  return await answer.text();
}
