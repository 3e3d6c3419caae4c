import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { inspect } from "node:util";

import { Secret } from "./secret.ts";
import { InvalidSettings, readSettings, type SettingTable } from "./settings.ts";

const table = {
  natsUrl: { kind: "url", about: "where nats-server listens", protocols: ["nats:", "tls:"] },
  port: { kind: "int", about: "port of the admin server", min: 0, max: 65535, fallback: "9181" },
  stopLimitMs: { kind: "duration", about: "time for the whole stop", fallback: "30s", minMs: 1000 },
  logLevel: {
    kind: "string",
    about: "least level",
    oneOf: ["debug", "info"],
    fallback: "info",
  },
  pretty: { kind: "boolean", about: "log for people", fallback: "false" },
  token: { kind: "secret", about: "the credential", optional: true },
} as const satisfies SettingTable;

const environment = { PENSTOCK_NATS_URL: "nats://127.0.0.1:4222" };

function faultsOf(argv: string[], variables: Record<string, string> = environment) {
  try {
    readSettings(table, { argv, environment: variables });
  } catch (thrown) {
    assert.ok(thrown instanceof InvalidSettings);
    return thrown.faults;
  }
  return [];
}

test("settings come from flags, then variables, then fallbacks", () => {
  const settings = readSettings(table, {
    argv: ["--stop-limit", "1m30s", "--pretty"],
    environment: { ...environment, PENSTOCK_STOP_LIMIT: "5s", PENSTOCK_LOG_LEVEL: "debug" },
  });
  assert.deepEqual(
    { ...settings },
    {
      natsUrl: "nats://127.0.0.1:4222",
      port: 9181,
      stopLimitMs: 90_000,
      logLevel: "debug",
      pretty: true,
      token: undefined,
    },
  );
});

test("settings are frozen", () => {
  const settings: { port: number } = readSettings(table, { argv: [], environment });
  assert.throws(() => {
    settings.port = 1;
  }, TypeError);
});

test("a variable that is empty counts as not set", () => {
  const settings = readSettings(table, {
    argv: [],
    environment: { ...environment, PENSTOCK_PORT: "" },
  });
  assert.equal(settings.port, 9181);
});

test("a flag can be taken back with --no-", () => {
  const settings = readSettings(table, {
    argv: ["--no-pretty"],
    environment: { ...environment, PENSTOCK_PRETTY: "true" },
  });
  assert.equal(settings.pretty, false);
});

test("all faults are reported together, each with the name that was written", () => {
  assert.deepEqual(
    faultsOf(["--port", "80x", "--prot=1", "extra"], { PENSTOCK_STOP_LIMIT: "30" }),
    [
      "--prot is not known here (known: --nats-url, --port, --stop-limit, --log-level, --pretty, --token-file)",
      '"extra" is not expected here',
      "--nats-url (PENSTOCK_NATS_URL) is missing: where nats-server listens",
      '--port: "80x" is not a whole number from 0 to 65535',
      'PENSTOCK_STOP_LIMIT: "30" is not a duration such as 250ms, 90s or 1h30m',
    ],
  );
});

const faults: Record<string, { readonly argv: string[]; readonly fault: string }> = {
  "a number out of its range": {
    argv: ["--port=65536"],
    fault: '--port: "65536" is not a whole number from 0 to 65535',
  },
  "a duration below its least": {
    argv: ["--stop-limit=1ms"],
    fault: '--stop-limit: "1ms" is not a duration of at least 1000 ms',
  },
  "a word that is not on the list": {
    argv: ["--log-level=loud"],
    fault: '--log-level: "loud" is none of debug, info',
  },
  "a URL of another protocol": {
    argv: ["--nats-url=http://localhost"],
    fault: '--nats-url: "http://localhost" does not begin with nats: or tls:',
  },
  "what is no URL": { argv: ["--nats-url=://"], fault: '--nats-url: "://" is not a URL' },
  "a flag without its value": { argv: ["--port"], fault: "--port needs a value" },
  "a flag where a value should be": { argv: ["--port", "--pretty"], fault: "--port needs a value" },
  "a flag that is given twice": {
    argv: ["--port=1", "--port=2"],
    fault: "--port is given twice",
  },
  "a boolean with another word": {
    argv: ["--pretty=yes"],
    fault: '--pretty: "yes" is neither true nor false',
  },
};

for (const [title, { argv, fault }] of Object.entries(faults)) {
  test(`${title} is a fault`, () => {
    assert.deepEqual(faultsOf(argv), [fault]);
  });
}

test("a relation between settings is a fault of its own, told once each setting is valid", () => {
  const relations = [
    ({ stopLimitMs }: { stopLimitMs: number }) =>
      stopLimitMs > 60_000 ? "--stop-limit must stay below the orchestrator's 60s" : undefined,
  ];
  assert.throws(
    () => readSettings(table, { argv: ["--stop-limit=2m"], environment, relations }),
    /--stop-limit must stay below the orchestrator's 60s/,
  );
  assert.deepEqual(faultsOf(["--port=x"]).length, 1);
});

test("a secret comes from its variable and shows nowhere", () => {
  const settings = readSettings(table, {
    argv: [],
    environment: { ...environment, PENSTOCK_TOKEN: "hunter2" },
  });
  assert.ok(settings.token instanceof Secret);
  assert.equal(settings.token.reveal(), "hunter2");
  assert.doesNotMatch(inspect(settings) + JSON.stringify(settings), /hunter2/);
});

test("a secret comes from the file that is named, without the line end", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "penstock-settings-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "token");
  writeFileSync(file, "hunter2\n");
  const settings = readSettings(table, {
    argv: [],
    environment: { ...environment, PENSTOCK_TOKEN_FILE: file },
  });
  assert.equal(settings.token?.reveal(), "hunter2");
});

test("a secret has no flag of its own, and a fault never shows one", () => {
  assert.match(faultsOf(["--token=hunter2"])[0] ?? "", /^--token is not known here/);
  assert.doesNotMatch(faultsOf(["--token=hunter2"]).join(), /hunter2/);
  assert.match(faultsOf(["--token-file=absent"])[0] ?? "", /^--token-file: ENOENT/);
});
