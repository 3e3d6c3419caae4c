// For tests: what makes a listener refuse or close, for each word by which it says why. The scenes of one world run
// one after the other, or side by side where they have nothing in common.

import { setTimeout as pause } from "node:timers/promises";
import { httpSysUrlGroup, type ReasonPhrase } from "@penstock/domain";
import type { ConnectionExpiry } from "@penstock/http";
import { answerWhenComplete } from "../raw-requests/complete-answer.ts";
import { get, message, post } from "../raw-requests/raw-request.ts";
import { until, type ListenerWorld } from "../test-support/listener-world.ts";
import { RawClient } from "../test-support/raw-client.ts";

/** A word of the HTTPERR log. */
export type Reason = ReasonPhrase | ConnectionExpiry;

/** Brings a refusal about. */
type Scene = (world: ListenerWorld) => Promise<void>;

const LARGE = Buffer.alloc(8_000_000);
const OK = { status: 200, statusMessage: "OK", rawHeaders: [] };

/** Every limit passes within seconds; those of clients before that of the application. */
export const quick = {
  limits: {
    maxRequestBodyBytes: 1_000_000,
    timeouts: {
      ...httpSysUrlGroup.timeouts,
      entityBodyMs: 1000,
      drainEntityBodyMs: 1000,
      idleConnectionMs: 1000,
      headerWaitMs: 1000,
      minSendRate: 1_048_576,
    },
  },
  settings: { headerWaitMs: 1000, idleConnectionMs: 1000 },
  pool: { requestTimeoutMs: 4000 },
};

/** There is room for one request and two connections, and nobody serves. */
export const narrow = {
  limits: { maxConnections: 2 },
  pool: { queueLength: 1, queueTimeoutMs: 1500 },
};

const says =
  (text: string): Scene =>
  async ({ trafficPort }) => {
    using client = await RawClient.open(trafficPort);
    await client.send(text);
    await until("an answer", () => client.received !== "" || client.closed);
  };

const untilClosed =
  (text: string): Scene =>
  async ({ trafficPort }) => {
    using client = await RawClient.open(trafficPort);
    await client.send(text);
    await client.untilEnded();
  };

/** Its drain and its answer that has begun are no refusals, and have their line all the same. */
const slowBodies: Scene = async (world) => {
  const cut = async (target: string): Promise<void> => {
    using client = await RawClient.open(world.trafficPort);
    await client.send(post(["Transfer-Encoding: chunked"], "1\r\nx\r\n", target));
    await until("its connection is cut", async () => {
      if (!client.closed) await client.send("1\r\nx\r\n");
      await pause(100);
      return client.closed;
    });
  };
  const stalls = untilClosed(post(["Content-Length: 10"], "begun", "/shop/reads"));
  await Promise.all([stalls(world), cut("/shop/begins"), cut("/shop/early")]);
};

/** What a worker of {@link quick} makes of a request, by the last part of its path. */
async function served(world: ListenerWorld, pool: string): Promise<AsyncDisposable> {
  const worker = await world.honest(pool, 16);
  worker.application.behave = (run) => {
    if (run.target.endsWith("/large")) run.exchange.respond(OK, LARGE, true);
    else if (run.target.endsWith("/begins")) run.begin(Buffer.from("begun"));
    else if (run.target.endsWith("/early")) run.exchange.respond(OK, undefined, true);
    else if (run.target.endsWith("/breaks")) run.exchange.reset("it broke off");
    else if (!run.target.endsWith("/held")) void answerWhenComplete(run);
  };
  return worker;
}

/** Each with a connection of its own, at the same time. */
export const quickScenes = {
  Timer_ConnectionIdle: untilClosed(""),
  Timer_HeaderWait: untilClosed("GET /shop/half HTTP/1.1\r\n"),
  Timer_EntityBody: slowBodies,
  Timer_MinBytesPerSecond: async (world) => {
    using client = await RawClient.open(world.trafficPort);
    client.socket.pause();
    await client.send(get("/shop/large"));
    await until("it is given up", async () => {
      return (await world.timeouts("Timer_MinBytesPerSecond", "shop")) > 0;
    });
  },
  Timer_Response: says(get("/shop/held")),
  EntityTooLarge: says(post(["Content-Length: 1000001"])),
  FieldLength: says(get("/shop/", `X-Long: ${"a".repeat(20_000)}`)),
  URL_Length: says(get(`/shop/${"a".repeat(300)}`)),
  URL: says(message("GET * HTTP/1.1")),
  Hostname: says(message("GET /shop/ HTTP/1.1", ["Host: a b"])),
  NotFound: says(get("/nowhere/")),
  BadRequest: says(post(["Content-Length: 1", "Transfer-Encoding: chunked"])),
  Verb: says(message("BREW /shop/ HTTP/1.1")),
  Header: says(get("/shop/", "No colon")),
  LengthRequired: says(message("POST /shop/ HTTP/1.0")),
  "Version_N/S": says(message("GET /shop/ HTTP/3.0")),
  BadGatewayResponse: says(get("/shop/breaks")),
  Client_Reset: async (world) => {
    using client = await RawClient.open(world.trafficPort);
    await client.send(get("/shop/begins"));
    await until("its answer has begun", () => client.received.endsWith("begun\r\n"));
    client.socket.resetAndDestroy();
    await until("it is counted", async () => (await world.rejections("Client_Reset", "shop")) > 0);
  },
  Connection_Abandoned_By_ReqQueue: async (world) => {
    await using worker = await world.honest("blog");
    using client = await RawClient.open(world.trafficPort);
    await client.send(message("POST /blog/held HTTP/1.1"));
    await until("its claim is known", async () => (await world.count("claimed", "blog")) === 1);
    world.broker.tell("blog", { kind: "workerLost", worker: worker.id, detail: "exit code 1" });
    await client.untilAnswers(1);
  },
} as const satisfies Partial<Record<Reason, Scene>>;

/** One after the other: each leaves the world as the next one needs it. */
export const narrowScenes = {
  QueueFull: async (world) => {
    using waiting = await RawClient.open(world.trafficPort);
    await waiting.send(get("/shop/waits"));
    await until("it waits", async () => (await world.count("in flight")) === 1);
    await says(get("/shop/second"))(world);
    await waiting.untilAnswers(1);
  },
  Timer_ReqQueue: says(get("/shop/waits")),
  ConnLimit: async (world) => {
    using first = await RawClient.open(world.trafficPort);
    using second = await RawClient.open(world.trafficPort);
    for (const client of [first, second]) await client.send(get("/shop/"));
    await Promise.all([first, second].map((client) => client.untilAnswers(1)));
    await says(get("/shop/third"))(world);
  },
  StartupTimeout: async (world) => {
    using waiting = await RawClient.open(world.trafficPort);
    await waiting.send(get("/blog/waits"));
    await until("it waits", async () => (await world.count("in flight", "blog")) === 1);
    world.broker.tell("blog", { kind: "startTimedOut" });
    await waiting.untilAnswers(1);
  },
  AppOffline: async (world) => {
    await world.broker.publishState("blog", { state: "offline", detail: "it crashed" });
    await untilRefused(world, "AppOffline");
  },
  Disabled: async (world) => {
    await world.broker.publishState("blog", { state: "disabled", detail: "stopped" });
    await untilRefused(world, "Disabled");
  },
  QueueUnavailable: async (world) => {
    await world.broker.removeQueue("blog");
    await world.broker.publishState("blog", { state: "started" });
    await untilRefused(world, "QueueUnavailable");
  },
  /** What waits when the listener has stopped; its end is the world's. */
  AppShutdown: async (world) => {
    const waiting = await RawClient.open(world.trafficPort);
    await waiting.send(get("/shop/waits"));
    await until("it waits", async () => (await world.count("in flight")) === 1);
  },
} as const satisfies Partial<Record<Reason, Scene>>;

/** Asks until the listener has heard what the controller said. */
async function untilRefused(world: ListenerWorld, reason: ReasonPhrase): Promise<void> {
  await until(`it is ${reason}`, async () => {
    using client = await RawClient.open(world.trafficPort);
    await client.send(message("POST /blog/ HTTP/1.1"));
    const [answer] = await client.untilAnswers(1);
    if (answer?.body.includes(`"${reason}"`)) return true;
    await pause(20);
    return false;
  });
}

/** Plays all scenes that belong to {@link quick}. */
export async function playQuick(world: ListenerWorld): Promise<void> {
  const worker = await served(world, "shop");
  try {
    await Promise.all(Object.values(quickScenes).map((scene) => scene(world)));
  } finally {
    await worker[Symbol.asyncDispose]();
  }
}

/** Plays all scenes that belong to {@link narrow}. */
export async function playNarrow(world: ListenerWorld): Promise<void> {
  for (const scene of Object.values(narrowScenes)) await scene(world);
}
