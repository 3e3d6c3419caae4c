// For tests: a WebSocket that is asked for over HTTP/2 at a real listener and broker, and a worker that is played by
// hand.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http2";
import { ConnectClient, type ConnectedStream } from "./connect-client.ts";
import type { About, HostileWorker } from "./hostile-worker.ts";
import { until, type ListenerWorld } from "./listener-world.ts";

/** A request for a WebSocket in the hands of a worker. */
export interface Scene {
  readonly client: ConnectClient;
  readonly stream: ConnectedStream;
  readonly worker: HostileWorker;
  readonly held: About;
  /** The request's fields as the application would get them, by lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly method: string;
  readonly target: string;
  readonly flags: number;
  readonly body: string;
}

/** What is asked, and of whom. */
export interface SceneOptions {
  readonly fields?: OutgoingHttpHeaders;
  /** Ends with its head. */
  readonly endStream?: boolean;
  /** Sent right behind the head. */
  readonly early?: string;
  /** Where nothing is to be left at the end: the listener is gone by then. */
  readonly stops?: boolean;
}

/** A worker has a request that asks for a WebSocket. */
export async function withScene(
  at: ListenerWorld,
  act: (scene: Scene) => Promise<void>,
  { fields = {}, endStream = false, early = "", stops = false }: SceneOptions = {},
): Promise<void> {
  await using worker = await at.hostile("shop");
  worker.pull();
  await worker.flush();
  using client = await ConnectClient.open(at.trafficPort);
  const stream = client.connect("/shop/chat?a=b", fields, endStream);
  if (early !== "") stream.stream.write(early);
  await until("the worker has it", () => worker.taken.length === 1);
  const [taken] = worker.taken;
  assert(taken);
  worker.claim(taken);
  await until("it was granted", () => worker.heard.includes("grant"));
  await worker.stopPulling();
  const { method, target, rawHeaders, flags, body } = taken.envelope;
  const pairs = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ""] as const] : [],
  );
  await act({
    client,
    stream,
    worker,
    held: worker.about(taken),
    fields: new Map(pairs),
    method,
    target,
    flags,
    body: Buffer.from(body ?? []).toString(),
  });
  if (!stops) await until("nothing is left", async () => (await at.count("in flight")) === 0);
}

/** A 101 that takes what was asked for. */
export function switching({ fields }: Scene, more = ""): { status: number; text: string } {
  const key = fields.get("sec-websocket-key") ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const text = `OK\nConnection\nUpgrade\nUpgrade\nwebsocket\nSec-WebSocket-Accept\n${accept.digest("base64")}`;
  return { status: 101, text: `${text}${more}` };
}

/** The same with an open tunnel. */
export function withTunnel(
  at: ListenerWorld,
  act: (scene: Scene) => Promise<void>,
  options?: SceneOptions,
): Promise<void> {
  return withScene(
    at,
    async (scene) => {
      scene.worker.head(scene.held, switching(scene));
      await scene.stream.answered;
      assert.equal(scene.stream.status, 200);
      await act(scene);
    },
    options,
  );
}
