// Secrets stay where they belong: those of the broker and of the admin API with Penstock, those of a pool with
// its own application. Looked for everywhere that somebody could look.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import test from "node:test";
import { runCommand } from "./support/command-line.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { childrenOf, processesOf } from "./support/process-table.ts";
import { withPenstock } from "./support/run-penstock.ts";

/** An nkey seed, and a token of the broker's: recognised wherever they stand, also those that no file holds. */
const SEED = /\bS[ACNOPUX][A-Z2-7]{56}\b/g;
const TOKEN = /\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{16,}/g;

/** Secrets of the pool `keeper`, one a source. */
const FROM_FILE = "hunter2-from-a-file-5f1c";
const FROM_ENVIRONMENT = "hunter2-from-the-environment-8a27";

/** What the applications say when they fail: for operators. */
const SAID = "/srv/private";

const DUMP = `require("node:http")
  .createServer((_, answer) => answer.end(JSON.stringify(process.env)))
  .listen(process.env.PORT, "127.0.0.1")`;

const pools = ({ url, application, folder }: Place) => ({
  keeper: {
    urls: [url("/keeper/")],
    module: application("environment"),
    secrets: {
      POOL_FILE_SECRET: { file: join(folder, "pool-secret") },
      POOL_ENV_SECRET: { env: "E2E_POOL_SECRET" },
    },
  },
  neighbour: { urls: [url("/neighbour/")], command: ["node", "-e", DUMP] },
  fails: {
    urls: [url("/fails/")],
    command: ["node", "-e", `throw new Error("no database in ${SAID}")`],
    failure: { rapidFailProtectionMaxCrashes: 2 },
  },
});

/** Somewhere that somebody could look, and what stands there. */
type Places = Map<string, string>;

test("no secret is found in logs, error bodies, metrics, status, configuration, process list or environments", () =>
  withPenstock(
    pools,
    async (penstock) => {
      const { origin } = penstock;
      const places: Places = new Map();
      const note = async (what: string, answer: Promise<Response>) => {
        const { headers, status, text } = await read(answer);
        places.set(what, `${status} ${headers}\n${text}`);
        return text;
      };
      const environments = {
        keeper: await note("the module's environment", fetch(`${origin}/keeper/`)),
        neighbour: await note("the command's environment", fetch(`${origin}/neighbour/`)),
      };
      const refusals = [
        await note("AppOffline", fetch(`${origin}/fails/`)),
        await note("BadGatewayResponse", fetch(`${origin}/keeper/fail`)),
        await note("NotFound", fetch(`${origin}/nowhere`)),
        await note("a page", fetch(`${origin}/fails/`, { headers: { Accept: "text/html" } })),
      ];
      for (const body of refusals) assert(!body.includes(SAID), body);
      await lookAtApi(penstock, note);
      await lookAtCommands(penstock, places);
      lookAtProcesses(penstock, places);
      lookAtFiles(penstock, places);
      places.set("the log", penstock.command.said);

      const secrets = await secretsOf(penstock);
      assert(secrets.length >= 8, `${secrets.length} secrets are looked for`);
      for (const [place, text] of places) {
        for (const secret of secrets) assert(!text.includes(secret), `a secret in ${place}`);
        assert.deepEqual(text.match(SEED) ?? [], [], `a seed in ${place}`);
        assert.deepEqual(text.match(TOKEN) ?? [], [], `a token in ${place}`);
      }

      // Its own application has a pool's secrets, and nobody else: the search does find what is there.
      const finders = [FROM_FILE, FROM_ENVIRONMENT].map((secret) =>
        Array.from(places).flatMap(([place, text]) => (text.includes(secret) ? [place] : [])),
      );
      assert.deepEqual(finders, [
        ["the module's environment", "environ of keeper"],
        ["the module's environment", "environ of keeper"],
      ]);
      assert.match(environments.keeper, /POOL_ENV_SECRET/);
      assert.doesNotMatch(environments.neighbour, /E2E_POOL_SECRET|PENSTOCK_(?:NATS|STATE)/);

      // Operators are told what a client is not.
      assert.match(places.get("penstock pool show fails") ?? "", /no database in \/srv\/private/);
    },
    {
      environment: { E2E_POOL_SECRET: FROM_ENVIRONMENT },
      before: ({ folder }) =>
        writeFile(join(folder, "pool-secret"), `${FROM_FILE}\n`, { mode: 0o600 }),
    },
  ));

async function read(asked: Promise<Response>) {
  const answer = await asked;
  const headers = JSON.stringify(Array.from(answer.headers));
  return { status: answer.status, headers, text: await answer.text() };
}

async function lookAtApi(
  penstock: Penstock,
  note: (what: string, answer: Promise<Response>) => Promise<string>,
): Promise<void> {
  const api = `http://${penstock.adminAddress}`;
  await note("401", fetch(`${api}/api/v1/status`));
  const headers = { Authorization: `Bearer ${await token(penstock, "read")}` };
  await note("403", fetch(`${api}/api/v1/pools/keeper/stop`, { method: "POST", headers }));
  await note("status", fetch(`${api}/api/v1/status`, { headers }));
  await note("404", fetch(`${api}/api/v1/pools/none`, { headers }));
  await note("the controller's metrics", fetch(`${api}/metrics`));
  const listener = `http://${penstock.operationsAddress}`;
  await note("the listener's metrics", fetch(`${listener}/metrics`));
}

async function lookAtCommands(penstock: Penstock, places: Places): Promise<void> {
  const { workspace, adminAddress } = penstock;
  const environment = { ...workspace.environment, E2E_POOL_SECRET: FROM_ENVIRONMENT };
  const directory = workspace.folder;
  const api = ["--state", workspace.state, "--admin-listen", adminAddress];
  for (const args of [
    ["config", "show", workspace.configuration],
    ["config", "validate", workspace.configuration],
    ["status", ...api],
    ["status", "-o", "json", ...api],
    ["pool", "show", "keeper", ...api],
    ["pool", "show", "fails", ...api],
    ["worker", "ls", "-o", "json", ...api],
  ]) {
    const { code, stdout, stderr } = await runCommand(args, { environment, directory });
    assert.equal(code, 0, stderr);
    places.set(`penstock ${args.slice(0, 3).join(" ")}`, stdout + stderr);
  }
}

function lookAtProcesses(penstock: Penstock, places: Places): void {
  const commands = processesOf(penstock.workspace.folder)
    .map(({ command }) => command)
    .join("\n");
  assert(commands.includes("nats-server") && commands.includes("apps/worker"), "all of ours run");
  places.set("the process list", commands);
  const controller = penstock.pidOf("controller");
  const workers = childrenOf(controller, "apps/worker/src/main.ts");
  assert(workers.length >= 2, "the workers of keeper and neighbour run");
  for (const worker of workers) {
    const own = readProc(worker, "environ");
    const pool = /PENSTOCK_POOL=(\w+)/.exec(own)?.[1];
    places.set(`environ of ${pool}`, own);
    for (const child of childrenOf(worker, ""))
      places.set(`environ of ${pool}'s child`, readProc(child, "environ"));
  }
}

/** What Penstock writes of its workers, keys and tokens and the broker's own store apart. */
function lookAtFiles({ workspace: { state } }: Penstock, places: Places): void {
  for (const entry of readdirSync(state, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const name = relative(state, file);
    if (entry.isFile() && !/^(?:keys|accounts|nats)\/|-token$/.test(name))
      places.set(`file ${name}`, readFileSync(file, "latin1"));
  }
}

function readProc(pid: number | string, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, "utf8").replaceAll("\0", " ");
  } catch {
    // It has ended.
    return "";
  }
}

/** Everything secret of this Penstock: what its files hold. Each is readable by its owner alone. */
async function secretsOf(penstock: Penstock): Promise<string[]> {
  const keys = join(penstock.workspace.state, "keys");
  const entries = readdirSync(keys, { recursive: true, withFileTypes: true });
  const texts = entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  const found = [SEED, TOKEN].flatMap((kind) => texts.flatMap((text) => text.match(kind) ?? []));
  const tokens = await Promise.all(
    (["read", "operate", "admin"] as const).map((scope) => token(penstock, scope)),
  );
  return [...found, ...tokens];
}

async function token({ workspace }: Penstock, scope: string): Promise<string> {
  const file = join(workspace.state, `${scope}-token`);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  return readFileSync(file, "utf8").trim();
}
