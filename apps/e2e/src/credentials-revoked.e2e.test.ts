// Credentials that are revoked end at once and for good: whoever holds them is disconnected and refused, also
// after a restart of the controller or of everything, and also when no controller ran that could be told.

import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { authenticateWith, NatsLink, parseCredentials } from "@penstock/nats-connection";
import { runCommand } from "./support/command-line.ts";
import { eventually } from "./support/eventually.ts";
import type { Penstock, Place, Pools } from "./support/penstock.ts";
import { launch, untilUp, withPenstock } from "./support/run-penstock.ts";

const pools = ({ url, application }: Place): Pools => ({
  echo: { urls: [url("/echo/")], module: application("echo"), startMode: "AlwaysRunning" },
});

interface Shown {
  readonly kind: string;
  readonly name: string;
  readonly pool?: string;
  readonly revoked: string | null;
  readonly expires: string | null;
  readonly key: string;
}

test("creds ls shows what was issued and no secret, creds revoke ends it for good", () =>
  withPenstock(pools, async (penstock) => {
    const [worker] = await penstock.untilWorkers("echo", 1);
    const [gone, file] = [await issued(penstock, "gone"), await issued(penstock, "offline")];
    assert.equal((await creds(penstock, "issue", "operations", "gone")).code, 5);

    const listed = await shown(penstock);
    assert.deepEqual(listed.map(({ kind }) => kind).toSorted(byText), [
      "listener",
      "operations",
      "operations",
      "worker",
    ]);
    const own = listed.find(({ kind }) => kind === "worker");
    assert.deepEqual([own?.name, own?.pool], [worker?.id, "echo"]);
    assert(own?.expires);
    const table = (await creds(penstock, "ls")).stdout;
    assert.match(table, /^KIND +NAME +POOL +ISSUED +EXPIRES +REVOKED +KEY\n/);
    assert.doesNotMatch(table + JSON.stringify(listed), /\bSU[A-Z2-7]{56}\b|eyJ/);
    const record = join(penstock.workspace.state, "identities", `${own?.key}.json`);
    assert.equal((await stat(record)).mode & 0o777, 0o600);

    const url = brokerOf(penstock);
    const link = await connect(url, gone);
    assert.equal((await creds(penstock, "revoke", "gone")).code, 0);
    await eventually("it is disconnected", () => link.connected, { found: (is) => !is });
    await link.connection.close();
    assert.equal((await creds(penstock, "revoke", "gone")).code, 5, "already revoked");
    assert.equal((await creds(penstock, "revoke", "nobody")).code, 4);
    assert(await refused(url, gone));

    const first = penstock.pidOf("controller");
    process.kill(first, "SIGKILL");
    await eventually("the API is back", () => penstock.workers("echo").catch(() => []), {
      found: (workers) => workers.length > 0,
    });
    assert(await refused(url, gone), "also by the next controller");
    assert((await shown(penstock)).find(({ name }) => name === "gone")?.revoked);

    assert.equal((await creds(penstock, "revoke", worker?.id ?? "")).code, 0);
    await eventually("another worker", () => penstock.workers("echo"), {
      found: ([other]) => other?.state === "ready" && other.id !== worker?.id,
    });
    assert.equal((await fetch(`${penstock.origin}/echo/1`)).status, 200);

    await (await connect(url, file))[Symbol.asyncDispose]();
    await penstock.stop();
    const offline = await creds(penstock, "revoke", "offline");
    assert.equal(offline.code, 0, offline.stderr);
    assert.match(offline.stderr, /from the controller's next start on/);
    assert.equal((await creds(penstock, "revoke", "nobody")).code, 4);
    assert.equal((await shown(penstock)).filter(({ revoked }) => revoked !== null).length, 2);

    const next = await launch(penstock.workspace, pools);
    await untilUp(next.command);
    assert(await refused(brokerOf(next), file), "revoked while nothing ran");
    assert(await refused(brokerOf(next), gone), "revoked before everything was started again");
    await next.stop();
  }));

async function issued(penstock: Penstock, name: string): Promise<string> {
  const { stdout, stderr, code } = await creds(penstock, "issue", "operations", name);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function shown(penstock: Penstock): Promise<Shown[]> {
  const { stdout, stderr, code } = await creds(penstock, "ls", "-o", "json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Shown[];
}

function brokerOf({ command }: Penstock): string {
  return /nats:\/\/\S+/.exec(command.stderr)?.[0] ?? "";
}

function connect(url: string, credentials: string): Promise<NatsLink> {
  const parsed = parseCredentials(credentials);
  return NatsLink.open({
    url,
    name: "holder",
    inboxPrefix: "_M.holder",
    authenticate: authenticateWith(() => parsed),
    failed: () => {},
  });
}

async function refused(url: string, credentials: string): Promise<boolean> {
  const answer = await connect(url, credentials).catch((thrown: Error) => thrown);
  if (answer instanceof NatsLink) await answer[Symbol.asyncDispose]();
  return answer instanceof Error && /authorization violation/i.test(answer.message);
}

function creds({ workspace, adminAddress }: Penstock, action: string, ...args: readonly string[]) {
  const where = ["--state", workspace.state];
  if (action !== "issue") where.push("--admin-listen", adminAddress);
  return runCommand(["creds", action, ...args, ...where], {
    environment: workspace.environment,
    directory: workspace.folder,
  });
}

function byText(one: string, other: string): number {
  return one.localeCompare(other);
}
