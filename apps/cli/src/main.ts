#!/usr/bin/env node
// The penstock binary. Commands are declared here and loaded when they run, so that each starts with only
// what it needs.

import { Argument, Command, Option } from "commander";
import { ServiceError } from "@penstock/foundation";
import { exitCode } from "./exit-code.ts";
import { printFailure } from "./print.ts";
import { version } from "./version.ts";

const DEFAULT_FILE = "penstock.yaml";
const DEFAULT_STATE = "./.penstock";

const program = new Command("penstock")
  .description("IIS's request architecture, rebuilt for containers")
  .version(version)
  .exitOverride((end) => {
    process.exitCode = end.exitCode === 0 ? exitCode.ok : exitCode.usage;
    throw end;
  });

const configOption = () =>
  new Option("-c, --config <file>", "configuration file")
    .default(DEFAULT_FILE)
    .env("PENSTOCK_CONFIG");
const stateOption = () =>
  new Option("--state <directory>", "where state is kept")
    .default(DEFAULT_STATE)
    .env("PENSTOCK_STATE");
const adminOption = () =>
  new Option("--admin-listen <address>", "controller's admin port")
    .default("127.0.0.1:9180")
    .env("PENSTOCK_ADMIN_LISTEN");

const runtimeOptions = (command: Command): Command =>
  command
    .addOption(stateOption())
    .addOption(
      new Option("--runtime <name>", "what runs workers")
        .choices(["process", "docker"])
        .default("process")
        .env("PENSTOCK_RUNTIME"),
    )
    .addOption(
      new Option("--engine <address>", "docker: where the engine is")
        .default(process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock")
        .env("PENSTOCK_ENGINE"),
    )
    .addOption(
      new Option("--worker-image <name>", "docker: the image of the worker host")
        .default("penstock/worker")
        .env("PENSTOCK_WORKER_IMAGE"),
    )
    .addOption(
      new Option(
        "--worker-network <name>",
        "docker: workers reach the broker on this network instead of an own one",
      ).env("PENSTOCK_WORKER_NETWORK"),
    )
    .addOption(
      new Option("--nats <url>", "use this nats-server instead of an own one").env(
        "PENSTOCK_NATS_URL",
      ),
    )
    .addOption(adminOption())
    .addOption(
      new Option("--operations-listen <address>", "listener's metrics and health port")
        .default("127.0.0.1:9181")
        .env("PENSTOCK_OPERATIONS_LISTEN"),
    )
    .addOption(
      new Option("--bind <address>", "address of the traffic ports")
        .default("::")
        .env("PENSTOCK_BIND"),
    )
    .addOption(
      new Option("--log-level <level>", "least level that is logged")
        .choices(["trace", "debug", "info", "warn", "error"])
        .default("info")
        .env("PENSTOCK_LOG_LEVEL"),
    );

runtimeOptions(program.command("up"))
  .description("everything on one machine, in the foreground")
  .addOption(configOption())
  .action(async (options) => (await import("./commands/up.ts")).up(options));

runtimeOptions(program.command("demo"))
  .description("the shipped example pools on port 8080")
  .action(async (options) => (await import("./commands/up.ts")).demo(options));

for (const role of ["listener", "controller", "worker"] as const) {
  program
    .command(role)
    .description(`the ${role} alone: a container's entry point`)
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async (_options, command: Command) =>
      (await import("./commands/role.ts")).runRole(role, command.args),
    );
}

const config = program.command("config").description("the configuration file");
config
  .command("validate [file]")
  .description("check it; nothing is applied")
  .action(async (file: string | undefined) =>
    (await import("./commands/config.ts")).validate(file ?? DEFAULT_FILE),
  );
config
  .command("show [file]")
  .description("print it with every default filled in")
  .action(async (file: string | undefined) =>
    (await import("./commands/config.ts")).show(file ?? DEFAULT_FILE),
  );
config
  .command("schema")
  .description("print the JSON Schema for editors")
  .action(async () => (await import("./commands/config.ts")).schema());

program
  .command("status")
  .description("one screen: pools, queues, workers")
  .addOption(stateOption())
  .addOption(adminOption())
  .addOption(new Option("-o, --output <format>").choices(["table", "json"]).default("table"))
  .action(async (options) => (await import("./commands/status.ts")).status(options));

const creds = program.command("creds").description("identities at the broker");
creds
  .command("issue")
  .description("print new credentials; they are a secret")
  .addArgument(new Argument("<identity>").choices(["listener", "operations"]))
  .argument("<name>", "unique name, such as the host's")
  .addOption(stateOption())
  .action(async (identity, name: string, options) =>
    (await import("./commands/creds.ts")).issue(identity, name, options),
  );
creds
  .command("ls")
  .description("what was issued and lives, or is revoked; no secrets")
  .addOption(stateOption())
  .addOption(adminOption())
  .addOption(new Option("-o, --output <format>").choices(["table", "json"]).default("table"))
  .action(async (options) => (await import("./commands/creds.ts")).list(options));
creds
  .command("revoke <credentials>")
  .description("end credentials, by their name or key: disconnected, and refused from then on")
  .addOption(stateOption())
  .addOption(adminOption())
  .action(async (given: string, options) =>
    (await import("./commands/creds.ts")).revoke(given, options),
  );
creds
  .command("rotate")
  .description("replace the signing keys while everything runs")
  .addOption(stateOption())
  .addOption(adminOption())
  .action(async (options) => (await import("./commands/creds.ts")).rotate(options));
creds
  .command("server <accounts-directory>")
  .description("print the configuration of a nats-server that runs elsewhere")
  .addOption(stateOption())
  .action(async (directory: string, options) =>
    (await import("./commands/creds.ts")).server(directory, options),
  );

program
  .command("url")
  .description("URL prefixes")
  .command("test <method> <url>")
  .description("which pool would serve this, and why")
  .addOption(configOption())
  .action(async (method: string, url: string, options) =>
    (await import("./commands/url-test.ts")).urlTest(method, url, options),
  );

try {
  await program.parseAsync();
} catch (thrown) {
  if (thrown instanceof ServiceError) {
    printFailure(thrown);
    process.exitCode ??= exitCode.failed;
  } else if (!(thrown instanceof Error && "exitCode" in thrown)) {
    throw thrown;
  }
}
