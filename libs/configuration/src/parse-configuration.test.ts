import assert from "node:assert/strict";
import { test } from "node:test";
import { httpSysUrlGroup, type ApplicationPool } from "@penstock/domain";
import {
  faultLines,
  given,
  givenConfiguration,
  givenPool,
  poolFile,
} from "./given-configuration.ts";

const minute = 60_000;

test("a pool that says nothing but its URL and command has the documented defaults", () => {
  const expected: ApplicationPool = {
    name: "a",
    urls: ["http://+:8080/"],
    urlGroups: [{ name: "a", urls: ["http://+:8080/"], ...httpSysUrlGroup }],
    application: { kind: "command", command: ["serve"] },
    directory: "/srv",
    environment: {},
    secrets: {},
    startMode: "OnDemand",
    autoStart: true,
    queueLength: 1000,
    queueTimeoutMs: 2 * minute,
    requestTimeoutMs: 0,
    concurrency: 16,
    processModel: {
      minProcesses: 0,
      maxProcesses: 4,
      idleTimeoutMs: 20 * minute,
      idleTimeoutAction: "Terminate",
      startupTimeLimitMs: 90_000,
      shutdownTimeLimitMs: 90_000,
      pingingEnabled: true,
      pingIntervalMs: 10_000,
      pingResponseTimeMs: 30_000,
    },
    recycling: {
      disallowOverlappingRotation: false,
      disallowRotationOnConfigChange: false,
      periodicRestart: { timeMs: 0, requests: 0, memoryBytes: 0, schedule: [] },
    },
    failure: {
      rapidFailProtection: true,
      rapidFailProtectionIntervalMs: 5 * minute,
      rapidFailProtectionMaxCrashes: 5,
      autoRecoverMs: 0,
      orphanWorkerProcess: false,
      loadBalancerCapabilities: "HttpLevel",
    },
    limits: {},
    container: {
      capabilities: [],
      readOnlyRoot: true,
      tmpfs: [],
      volumes: [],
      networks: [],
      pullPolicy: "missing",
      processes: 512,
    },
    warmUp: [],
    delivery: { redispatch: "idempotent", maxAttempts: 3 },
    responseHeaders: "plain",
  };
  assert.deepEqual(givenPool(), expected);
});

test("every setting of a pool arrives in the unit that its name tells", () => {
  const pool = givenPool(
    "queueTimeout: 1m30s",
    "requestTimeout: 5s",
    "recycling: { periodicRestart: { time: 29h, requests: 7, memory: 512MiB, schedule: [03:30] } }",
    "failure: { rapidFailProtectionInterval: 2m, autoRecover: 10m }",
  );
  assert.equal(pool.queueTimeoutMs, 90_000);
  assert.equal(pool.requestTimeoutMs, 5000);
  assert.deepEqual(pool.recycling.periodicRestart, {
    timeMs: 29 * 60 * minute,
    requests: 7,
    memoryBytes: 512 * 1024 * 1024,
    schedule: ["03:30"],
  });
  assert.equal(pool.failure.rapidFailProtectionIntervalMs, 2 * minute);
  assert.equal(pool.failure.autoRecoverMs, 10 * minute);
});

test("a pool's own keys win over applicationPoolDefaults, key by key", () => {
  const { pools } = givenConfiguration(
    [
      "version: 1",
      "applicationPoolDefaults:",
      "  queueLength: 50",
      "  processModel: { maxProcesses: 6, idleTimeout: 5m }",
      "  environment: { A: file, B: file }",
      "  secrets: { TOKEN: { file: ./token } }",
      "applicationPools:",
      "  own:",
      '    urls: ["http://+:8080/own/"]',
      "    command: [serve]",
      "    queueLength: 60",
      "    processModel: { maxProcesses: 7 }",
      "    environment: { B: pool }",
      "    secrets: { TOKEN: { env: TOKEN } }",
      "  plain:",
      '    urls: ["http://+:8080/plain/"]',
      "    command: [serve]",
    ].join("\n"),
  );
  const [own, plain] = pools;
  assert.equal(own?.queueLength, 60);
  assert.equal(own.processModel.maxProcesses, 7);
  assert.equal(own.processModel.idleTimeoutMs, 5 * minute);
  assert.deepEqual(own.environment, { A: "file", B: "pool" });
  assert.deepEqual(own.secrets, { TOKEN: { env: "TOKEN" } });
  assert.equal(plain?.queueLength, 50);
  assert.equal(plain.processModel.maxProcesses, 6);
  assert.deepEqual(plain.environment, { A: "file", B: "file" });
  assert.deepEqual(plain.secrets, { TOKEN: { file: "/srv/token" } });
});

test("relative paths start where the file lies", () => {
  const { pools } = givenConfiguration(
    [
      "version: 1",
      "applicationPools:",
      '  a: { urls: ["http://+:8080/a/"], module: ./app.ts, directory: ../data }',
      '  b: { urls: ["http://+:8080/b/"], module: /opt/app.ts }',
      '  c: { urls: ["http://+:8080/c/"], command: [./run], secrets: { K: { file: keys/k } } }',
    ].join("\n"),
  );
  assert.deepEqual(pools[0]?.application, { kind: "module", module: "/srv/app.ts" });
  assert.equal(pools[0].directory, "/data");
  assert.deepEqual(pools[1]?.application, { kind: "module", module: "/opt/app.ts" });
  assert.equal(pools[1].directory, "/srv");
  assert.deepEqual(pools[2]?.application, { kind: "command", command: ["./run"] });
  assert.deepEqual(pools[2].secrets, { K: { file: "/srv/keys/k" } });
});

test("environment variables may stand where numbers, durations and switches are wanted", () => {
  const pool = givenPool(
    "concurrency: ${MANY}",
    "queueTimeout: ${NONE:-5s}",
    'processModel: { maxProcesses: "${NONE:-9}", pingingEnabled: "${NONE:-false}" }',
    "startMode: ${NONE:-AlwaysRunning}",
  );
  assert.equal(pool.concurrency, 12);
  assert.equal(pool.queueTimeoutMs, 5000);
  assert.equal(pool.processModel.maxProcesses, 9);
  assert.equal(pool.processModel.pingingEnabled, false);
  assert.equal(pool.startMode, "AlwaysRunning");
});

test("a command keeps the placeholders of its worker and nothing else", () => {
  const [pool] = givenConfiguration(
    [
      "version: 1",
      "applicationPools:",
      "  a:",
      '    urls: ["http://+:8080/"]',
      '    command: [serve, "${HOST}:${PORT}", "${POOL}/${WORKER}", 8, "$${HOME}"]',
    ].join("\n"),
  ).pools;
  assert.deepEqual(pool?.application, {
    kind: "command",
    command: ["serve", "localhost:${PORT}", "${POOL}/${WORKER}", "8", "${HOME}"],
  });
});

test("environment values keep their spelling", () => {
  const pool = givenPool(
    'environment: { A: 1.10, B: yes, C: 0x10, D: true, E: "", F: 2024-01-01 }',
  );
  assert.deepEqual(pool.environment, {
    A: "1.10",
    B: "yes",
    C: "0x10",
    D: "true",
    E: "",
    F: "2024-01-01",
  });
});

test("x- keys are ignored everywhere, and what they anchor can be merged", () => {
  const text = [
    "version: 1",
    "x-quiet: &quiet { pingingEnabled: false, maxProcesses: 9 }",
    "x-limits: &limits { queueLength: 99, concurrency: 2 }",
    "applicationPools:",
    "  x-note: anything",
    "  a:",
    "    <<: [*limits]",
    "    x-owner: { name: Ada }",
    '    urls: ["http://+:8080/"]',
    "    command: [serve]",
    "    concurrency: 3",
    "    environment: { x-why: because, A: b }",
    "    processModel:",
    "      <<: *quiet",
    "      maxProcesses: 5",
  ].join("\n");
  const { pools } = givenConfiguration(text);
  assert.equal(pools.length, 1);
  assert.equal(pools[0]?.queueLength, 99);
  assert.equal(pools[0].concurrency, 3);
  assert.equal(pools[0].processModel.pingingEnabled, false);
  assert.equal(pools[0].processModel.maxProcesses, 5);
  assert.deepEqual(pools[0].environment, { A: "b" });
});

test("a configuration cannot be changed", () => {
  const configuration = givenConfiguration(poolFile("environment: { A: b }"));
  assert(Object.isFrozen(configuration));
  assert(Object.isFrozen(configuration.pools));
  const [pool] = configuration.pools;
  assert(Object.isFrozen(pool?.processModel));
  assert(Object.isFrozen(pool?.environment));
});

test("a container's paths and secrets are found from the file's folder, and its words become ours", () => {
  const { application, limits, container } =
    givenConfiguration(
      [
        "version: 1",
        "applicationPools:",
        "  a:",
        '    urls: ["http://+:8080/"]',
        "    image: ghcr.io/acme/shop:1.4.2",
        "    port: 3000",
        "    cpu: { limit: 1.5 }",
        "    memory: { limit: 512MiB }",
        "    container:",
        '      volumes: ["data:/data", "./static:/static:ro"]',
        "      registry: { username: acme, password: { file: ./token } }",
      ].join("\n"),
    ).pools[0] ?? assert.fail();
  assert.deepEqual(application, { kind: "image", image: "ghcr.io/acme/shop:1.4.2", port: 3000 });
  assert.deepEqual(limits, { cpus: 1.5, memoryBytes: 512 * 1024 * 1024 });
  assert.deepEqual(container.volumes, [
    { source: "data", target: "/data", readOnly: false },
    { source: "/srv/static", target: "/static", readOnly: true },
  ]);
  assert.deepEqual(container.registry, { username: "acme", password: { file: "/srv/token" } });
});

test("a file with warnings only is a configuration, and the warnings come with it", () => {
  const parsed = given(poolFile("asynchronous: { enabled: true }"));
  assert(parsed.kind === "ok");
  assert.deepEqual(
    parsed.warnings.map(({ severity, path, line, column }) => ({ severity, path, line, column })),
    [{ severity: "warning", path: "applicationPools.a.asynchronous.enabled", line: 6, column: 21 }],
  );
});

test("a setting without effect is quiet when it says what is true anyway", () => {
  const lines = faultLines(
    poolFile(
      "processModel: { idleTimeoutAction: Terminate }",
      'recycling: { periodicRestart: { time: 0s, memory: 0B, schedule: [] }, disallowOverlappingRotation: "${NONE:-false}" }',
      "asynchronous: { enabled: false, keepResult: 60m }",
      "warmUp: []",
    ) + "\nurlGroups: {}\ntls: { certificates: [] }",
  );
  assert.deepEqual(lines, []);
});

test("a file without pools is a configuration without pools", () => {
  assert.deepEqual(givenConfiguration("version: 1\napplicationPools: {}").pools, []);
  assert.deepEqual(givenConfiguration("version: 1").pools, []);
});
