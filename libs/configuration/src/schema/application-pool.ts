// One entry of `applicationPools`, and the part of it that `applicationPoolDefaults` may hold.

import {
  choice,
  count,
  duration,
  list,
  literal,
  map,
  quantity,
  record,
  size,
  text,
  toggle,
} from "./build.ts";
import { canary } from "./canary.ts";
import { container, imageName } from "./container.ts";
import { failure } from "./failure.ts";
import { processModel } from "./process-model.ts";
import { recycling } from "./recycling.ts";
import { secret } from "./secret.ts";
import { workerPlaceholders } from "./worker-placeholders.ts";

const variableName = { keyPattern: "^[A-Za-z_]\\w*$", expects: "the name of a variable" };

const shared = {
  directory: text(
    "Working directory of modules and commands, relative to the configuration file. Default: where that file lies; with `container.image`, a path in that image, by default `/`.",
    {},
  ),
  environment: map(
    "Environment variables of the workers.",
    literal("The variable's value."),
    variableName,
  ),
  secrets: map(
    "Environment variables whose values are secret: the file only says where they come from. An `image` finds each in the file `/run/secrets/NAME`, and the path of that in `NAME_FILE`.",
    secret,
    variableName,
  ),
  startMode: choice(
    "Whether the first worker starts with the first request or with the pool.",
    ["OnDemand", "AlwaysRunning"],
    { default: "OnDemand" },
  ),
  autoStart: toggle("Whether the pool takes requests as soon as Penstock runs.", { default: true }),
  queueLength: count("Requests that may wait; one more is refused with `QueueFull`.", {
    default: 1000,
    minimum: 10,
    maximum: 65_535,
  }),
  queueTimeout: duration("A request that waits longer is refused with `Timer_ReqQueue`.", {
    default: "120s",
    least: "1ms",
  }),
  requestTimeout: duration(
    "A request whose answer takes longer ends with `Timer_Response`; `0s` = no limit, as in HTTP.sys.",
    { default: "0s" },
  ),
  concurrency: count("Requests that one worker takes at once.", {
    default: 16,
    minimum: 1,
    maximum: 10_000,
  }),
  processModel,
  recycling,
  failure,
  cpu: record("Processor time of one worker.", {
    limit: quantity("Processors that one worker may use; not written = all."),
  }),
  memory: record("Memory of one worker.", {
    limit: size("Memory that one worker may use; not written = all.", { least: "1B" }),
  }),
  container,
  delivery: record("What happens to a request whose worker was lost.", {
    redispatch: choice(
      "Which requests are sent to another worker: those whose method is idempotent (or that carry an Idempotency-Key), none, or all.",
      ["idempotent", "never", "always"],
      { default: "idempotent" },
    ),
    maxAttempts: count("Workers that get to see one request at most.", {
      default: 3,
      minimum: 1,
      maximum: 100,
    }),
  }),
  asynchronous: record("Answer `202` at once and keep the result for later.", {
    enabled: toggle("Whether clients may ask for it.", { default: false }),
    keepResult: duration("How long a result is kept.", { default: "1h", least: "1s" }),
  }),
  warmUp: list(
    "Paths that a new worker's application has to answer, below 500, before it takes requests.",
    text("A path.", { pattern: "^/", expects: 'a path that begins with "/"' }),
    { default: [] },
  ),
  responseHeaders: choice(
    "What answers tell about their way: `debug` adds `Server-Timing` and the worker's name.",
    ["plain", "debug"],
    { default: "plain" },
  ),
};

/** What all pools start from; a pool's own keys win over it, key by key. */
export const applicationPoolDefaults = record(
  "What all pools start from: any key of a pool but those that say what it runs and where (`urls`, `module`, `command`, `image`, `port`, `canary`).",
  shared,
);

/** One application pool as the file writes it. */
export const applicationPool = record(
  "One application: its URLs, what its workers run, and the limits it lives in.",
  {
    urls: list(
      "The URL prefixes that lead to this pool.",
      text('A URL prefix such as "http://+:8080/shop/".', { expects: "a URL prefix" }),
      { minItems: 1 },
    ),
    module: text(
      "A module whose default export answers requests: a Fastify, Express or Koa app, `(req, res)`, or a fetch handler. Relative to the configuration file; with `container.image`, an absolute path in that image.",
      {},
    ),
    command: list(
      "A program that serves HTTP on `$PORT`, and its arguments. `${PORT}`, `${POOL}` and `${WORKER}` are filled in for each worker.",
      literal("One word of the command.", workerPlaceholders),
      { minItems: 1 },
    ),
    image: text(
      "A container image that serves HTTP on `port`, unmodified; it is told the port in `$PORT`. Needs the docker runtime.",
      imageName,
    ),
    port: count("The port that the image serves on.", { minimum: 1, maximum: 65_535 }),
    canary,
    ...shared,
  },
  { required: ["urls"], exactlyOne: ["module", "command", "image"] },
);
