// The alert rules, proved with Prometheus' own tool in the version that docker-compose.yml runs.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { GenericContainer, Wait } from "testcontainers";
import { DEPLOY } from "./support/observability-files.ts";

/** The image of the service prometheus. */
const IMAGE = "prom/prometheus:v3.5.3";

const commands = {
  "the configuration and its rules are valid": "check config /etc/prometheus/prometheus.yml",
  "every alert fires when it should and stays silent when it should":
    "test rules /etc/prometheus/rules.test.yml",
};

for (const [title, command] of Object.entries(commands)) test(title, () => promtool(command));

/** Runs promtool in its container. Rejects with what it complained about. */
async function promtool(command: string): Promise<void> {
  let said = "";
  const container = new GenericContainer(IMAGE)
    .withNetworkMode("none")
    .withEntrypoint(["/bin/promtool"])
    .withCommand(command.split(" "))
    .withBindMounts([{ source: join(DEPLOY, "prometheus"), target: "/etc/prometheus", mode: "ro" }])
    .withWaitStrategy(Wait.forOneShotStartup())
    .withLogConsumer((log) => log.on("data", (line: Buffer) => (said += line.toString())));
  try {
    await using ended = await container.start();
    assert.match(said, /SUCCESS/, ended.getId());
  } catch (cause) {
    throw new Error(`promtool ${command}: ${said}`, { cause });
  }
}
