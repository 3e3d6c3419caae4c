import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { given, givenConfiguration, poolFile } from "./given-configuration.ts";
import { renderConfiguration } from "./render-configuration.ts";

test("a rendered configuration says everything, defaults included", () => {
  const text = poolFile(
    "queueTimeout: 90s",
    "secrets: { TOKEN: { file: ./token }, KEY: { env: K } }",
  );
  assert.equal(
    renderConfiguration(givenConfiguration(text)),
    `version: 1
applicationPools:
  a:
    urls:
      - http://+:8080/
    command:
      - serve
    directory: /srv
    environment: {}
    secrets:
      TOKEN:
        file: /srv/token
      KEY:
        env: K
    startMode: OnDemand
    autoStart: true
    queueLength: 1000
    queueTimeout: 1m30s
    requestTimeout: 0s
    concurrency: 16
    processModel:
      minProcesses: 0
      maxProcesses: 4
      idleTimeout: 20m
      idleTimeoutAction: Terminate
      startupTimeLimit: 1m30s
      shutdownTimeLimit: 1m30s
      pingingEnabled: true
      pingInterval: 10s
      pingResponseTime: 30s
    recycling:
      disallowOverlappingRotation: false
      disallowRotationOnConfigChange: false
      periodicRestart:
        time: 0s
        requests: 0
        memory: 0B
        schedule: []
    failure:
      rapidFailProtection: true
      rapidFailProtectionInterval: 5m
      rapidFailProtectionMaxCrashes: 5
      autoRecover: 0s
      orphanWorkerProcess: false
      loadBalancerCapabilities: HttpLevel
    container:
      capabilities: []
      readOnlyRoot: true
      tmpfs: []
      networks: []
      pullPolicy: missing
      processes: 512
      volumes: []
    delivery:
      redispatch: idempotent
      maxAttempts: 3
    responseHeaders: plain
urlGroups:
  a:
    enabled: true
    maxConnections: 0
    maxBandwidth: 0B
    maxRequestBody: 0B
    timeouts:
      entityBody: 2m
      drainEntityBody: 2m
      requestQueue: 0s
      idleConnection: 2m
      headerWait: 2m
      minSendRate: 150B
      minReceiveRate: 240B
tls:
  certificates: []
listener:
  trustedProxies: []
  proxyProtocolPorts: []
host:
  maxWorkers: 0
  memory: 0B
`,
  );
});

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("${A}", "$${PORT}", "yes", "1.10", "null", " a ", "a: b # c", "a\nb"),
);
const escaped = (text: string) => text.replaceAll("${", () => "$${");
const anyMs = fc.integer({ min: 100, max: 10 ** 9 });

test("a rendered configuration reads back as it was", () => {
  const pool = fc.record({
    command: fc.array(fc.oneof(anyText, fc.constant("127.0.0.1:${PORT}")), { minLength: 1 }),
    environment: fc.dictionary(fc.constantFrom("A", "B_1", "_c"), anyText),
    secrets: fc.constantFrom({}, { TOKEN: { file: "./to${ken}" } }, { TOKEN: { env: "T" } }),
    queueTimeout: anyMs,
    schedule: fc.uniqueArray(fc.constantFrom("03:30", "23:59")),
    memory: fc.nat(),
    container: fc.constantFrom(
      {},
      { image: "acme/a", user: "1:1", tmpfs: ["/${run}"], capabilities: ["CHOWN"] },
      { volumes: ["a:/b:ro", "/${c}:/d"], networks: ["db"], pullPolicy: "never", processes: 9 },
      { registry: { username: "${me}", password: { env: "P" } }, readOnlyRoot: false },
    ),
    limits: fc.constantFrom({}, { cpu: { limit: 0.5 }, memory: { limit: "7MiB" } }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(pool, { maxLength: 3 }), (pools) => {
      const applicationPools = Object.fromEntries(
        pools.map(({ queueTimeout, schedule, memory, limits, ...other }, index) => [
          `pool${index}`,
          {
            ...limits,
            urls: [`http://+:8080/${index}/`],
            command: other.command.map(escaped),
            environment: Object.fromEntries(
              Object.entries(other.environment).map(([name, value]) => [name, escaped(value)]),
            ),
            secrets: JSON.parse(escaped(JSON.stringify(other.secrets))) as unknown,
            container: JSON.parse(escaped(JSON.stringify(other.container))) as unknown,
            queueTimeout: `${queueTimeout}ms`,
            recycling: { periodicRestart: { schedule, memory: `${memory}B` } },
          },
        ]),
      );
      const listener = { trustedProxies: ["10.0.0.0/8"], proxyProtocolPorts: [8080] };
      const first = givenConfiguration(JSON.stringify({ version: 1, applicationPools, listener }));
      const again = given(renderConfiguration(first));
      assert(again.kind === "ok", JSON.stringify(again));
      assert.deepEqual(again.configuration, first);
    }),
  );
});
