#!/usr/bin/env node
// The penstock binary. Commands are declared here and loaded when they run, so that each starts with only
// what it needs.

import { Argument, Command, InvalidArgumentError, Option } from "commander";
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
    )
    .option("--dry-run", "print what would be started, and start nothing")
    .addOption(
      new Option("-o, --output <format>", "of --dry-run")
        .choices(["table", "json"])
        .default("table"),
    );

runtimeOptions(program.command("up"))
  .description("everything on one machine, in the foreground")
  .addOption(configOption())
  .action(async (options) => (await import("./commands/up.ts")).up(options));

runtimeOptions(program.command("demo"))
  .description("the shipped example pools on port 8080")
  .action(async (options) => (await import("./commands/up.ts")).demo(options));

const roleCommand = (role: "listener" | "controller" | "worker"): Command =>
  program
    .command(role)
    .description(`the ${role} alone: a container's entry point`)
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async (_options, command: Command) =>
      (await import("./commands/role.ts")).runRole(role, command.args),
    );
const role = {
  listener: roleCommand("listener"),
  controller: roleCommand("controller"),
  worker: roleCommand("worker"),
};

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

/** What every command has that asks the admin API. */
const adminOptions = (command: Command): Command =>
  command
    .addOption(stateOption())
    .addOption(adminOption())
    .addOption(
      new Option("--token-file <file>", "file of the token to use (default: the admin token)").env(
        "PENSTOCK_TOKEN_FILE",
      ),
    )
    .addOption(new Option("-o, --output <format>").choices(["table", "json"]).default("table"));

adminOptions(config.command("apply [file]"))
  .description("take the controller's file into force as it is now, or replace it with this one")
  .option("--dry-run", "print what would change, and change nothing")
  .action(async (file: string | undefined, options) =>
    (await import("./commands/config-apply.ts")).apply(file, options),
  );

/** What every command has after which workers leave. */
const operateOptions = (command: Command): Command =>
  adminOptions(command)
    .option("--no-wait", "do not wait until those who leave are gone")
    .addOption(
      new Option("--timeout <seconds>", "how long to wait for them")
        .argParser(seconds)
        .default(120),
    );

function count(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a whole number below 10000.");
}

function workersOrAuto(text: string): number | "auto" {
  if (text === "auto") return text;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is neither a whole number of workers nor auto.");
}

function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a whole number of seconds.");
}

adminOptions(program.command("status"))
  .description("one screen: pools, queues, workers")
  .action(async (options) => (await import("./commands/status.ts")).status(options));

adminOptions(program.command("events"))
  .description("what was done and what happened, and why")
  .option("-f, --follow", "go on with each that comes")
  .option("--pool <pool>", "those of one pool")
  .addOption(new Option("--limit <count>", "the latest so many").argParser(count).default(50))
  .action(async (options) => (await import("./commands/events.ts")).events(options));

const pool = program.command("pool").description("application pools");
adminOptions(pool.command("ls"))
  .description("all of them")
  .action(async (options) => (await import("./commands/pool.ts")).ls(options));
adminOptions(pool.command("show <pool>"))
  .description("one of them, with its last failure")
  .action(async (name: string, options) =>
    (await import("./commands/pool.ts")).show(name, options),
  );
for (const [verb, what] of [
  ["start", "let it serve, also when it is offline after failures"],
  ["stop", "refuse its requests and let its workers finish; it stays so until it is started"],
  ["recycle", "replace its workers; requests go on"],
  ["promote", "make the version of its canary its own"],
  ["rollback", "end its canary: all requests go to its own version, also after a promote"],
] as const) {
  operateOptions(pool.command(`${verb} <pool>`))
    .description(what)
    .action(async (name: string, options) =>
      (await import("./commands/pool.ts")).command(name, verb, options),
    );
}

operateOptions(pool.command("scale"))
  .description("hold at least so many workers, also without demand; it stays so until auto")
  .option("--for <time>", "and no longer than this, such as 10m")
  .addArgument(new Argument("<pool>"))
  .addArgument(new Argument("<workers>", "a number, or auto").argParser(workersOrAuto))
  .action(async (name: string, workers: number | "auto", options) =>
    (await import("./commands/pool.ts")).scale(name, workers, options),
  );

// `penstock worker` alone is the role; with one of these words it is about the workers that run.
const worker = (words: string, what: string): Command =>
  role.worker.command(words).description(what).helpOption("-h, --help").allowExcessArguments(false);
adminOptions(worker("ls", "all that live"))
  .option("--pool <pool>", "those of one pool")
  .action(async (options) => (await import("./commands/worker.ts")).ls(options));
adminOptions(worker("show <worker>", "one of them")).action(async (id: string, options) =>
  (await import("./commands/worker.ts")).show(id, options),
);
for (const [how, what] of [
  ["stop", "let it finish what it has in hand and go"],
  ["kill", "end it at once; what it has in hand is sent again where that may be"],
] as const) {
  operateOptions(worker(`${how} <worker>`, what)).action(async (id: string, options) =>
    (await import("./commands/worker.ts")).end(id, how, options),
  );
}

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
adminOptions(creds.command("ls"))
  .description("what was issued and lives, or is revoked; no secrets")
  .action(async (options) => (await import("./commands/creds.ts")).list(options));
adminOptions(creds.command("revoke <credentials>"))
  .description("end credentials, by their name or key: disconnected, and refused from then on")
  .action(async (given: string, options) =>
    (await import("./commands/creds.ts")).revoke(given, options),
  );
adminOptions(creds.command("rotate"))
  .description("replace the signing keys while everything runs")
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
