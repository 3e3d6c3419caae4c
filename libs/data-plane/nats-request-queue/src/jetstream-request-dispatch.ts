// The listener's port on NATS: requests go into the pool's stream, frames to workers over core subjects.
// What one turn of the event loop publishes leaves in one write: the client flushes in a microtask, which
// would be once per HTTP request, so messages are held until the turn ends.

import type { Msg } from "@nats-io/nats-core";
import type { NatsLink } from "@penstock/nats-connection";
import type {
  Defer,
  ListenerReceiver,
  ListenerTransport,
  PublishRefusal,
  QueueView,
  WorkerAddress,
} from "@penstock/request-queue";
import {
  controlSubject,
  lookSubject,
  nameOfToken,
  outcomePrefix,
  removeSubject,
  replySubjects,
  requestSubject,
} from "@penstock/wire";

/** How long silence after a probe means that somebody is there, milliseconds. */
const PROBE_SILENCE_MS = 500;

/** How long an answer about a queue is waited for, milliseconds. */
const LOOK_SILENCE_MS = 2000;

/** Status of a direct get that found nothing. */
const NOT_FOUND = 404;

/** JetStream's error code for a stream at its message or byte limit. */
const STREAM_FULL = 10077;

const NOTHING = new Uint8Array(0);

interface Worker extends WorkerAddress {
  readonly source: string;
  readonly subject: string;
}

/** {@link ListenerTransport} over a NATS connection. */
export class JetStreamRequestDispatch implements ListenerTransport {
  readonly #link: NatsLink;
  readonly #listener: string;
  readonly #defer: Defer;
  readonly #workers = new Map<string, Worker>();
  readonly #subjects = new Map<string, string>();
  readonly #outcomes: string;
  readonly #probes = new Map<number, (alive: boolean) => void>();
  #held: { subject: string; payload: Uint8Array; reply: string }[] = [];
  #lastProbe = 0;
  readonly #looks = new Map<string, (view: QueueView) => void>();
  #lastLook = 0;
  #receiver: ListenerReceiver | undefined;

  constructor(link: NatsLink, listener: string, defer: Defer) {
    this.#link = link;
    this.#listener = listener;
    this.#defer = defer;
    this.#outcomes = outcomePrefix(listener);
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  attach(receiver: ListenerReceiver): void {
    this.#receiver = receiver;
    this.#link.subscribe(replySubjects(this.#listener), (message) => {
      receiver.frames(this.#worker(message.subject), message.data);
    });
    this.#link.subscribe(`${this.#outcomes}*`, (message) => this.#outcome(message));
    this.#link.watch({
      disconnected: () => {
        this.#held = [];
        receiver.disconnected();
      },
      reconnected: (brokerRestarted) => receiver.reconnected(brokerRestarted),
    });
  }

  publish(pool: string, exchange: number, envelope: Uint8Array, confirm: boolean): void {
    let subject = this.#subjects.get(pool);
    if (subject === undefined) {
      subject = requestSubject(pool, this.#listener);
      this.#subjects.set(pool, subject);
    }
    const { maxPayload } = this.#link;
    if (envelope.length > maxPayload) {
      const detail = `The request's header is larger than the broker takes (max_payload ${maxPayload}).`;
      this.#defer(() => this.#receiver?.refused(exchange, { kind: "tooLarge", detail }));
      return;
    }
    this.#hold(subject, envelope, confirm ? this.#outcomes + exchange : "");
  }

  remove(pool: string, sequence: number): void {
    // no_erase: the message need not be overwritten, only gone.
    this.#hold(
      removeSubject(pool),
      Buffer.from(JSON.stringify({ seq: sequence, no_erase: true })),
      "",
    );
  }

  look(pool: string, after: number): Promise<QueueView> {
    if (!this.#link.connected) return Promise.resolve("unknown");
    const id = `l${++this.#lastLook}`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle("unknown"), LOOK_SILENCE_MS);
      const settle = (view: QueueView): void => {
        clearTimeout(timer);
        this.#looks.delete(id);
        resolve(view);
      };
      this.#looks.set(id, settle);
      const next = { seq: after + 1, next_by_subj: requestSubject(pool, this.#listener) };
      this.#hold(lookSubject(pool), Buffer.from(JSON.stringify(next)), this.#outcomes + id);
    });
  }

  send(worker: WorkerAddress, frames: Uint8Array): void {
    this.#link.publish((worker as Worker).subject, frames);
  }

  probe(worker: WorkerAddress): Promise<boolean> {
    if (!this.#link.connected) return Promise.resolve(true);
    const number = ++this.#lastProbe;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(true), PROBE_SILENCE_MS);
      const settle = (alive: boolean): void => {
        clearTimeout(timer);
        this.#probes.delete(number);
        resolve(alive);
      };
      this.#probes.set(number, settle);
      this.#link.publish((worker as Worker).subject, NOTHING, `${this.#outcomes}p${number}`);
    });
  }

  forget(worker: WorkerAddress): void {
    this.#workers.delete((worker as Worker).source);
  }

  #hold(subject: string, payload: Uint8Array, reply: string): void {
    if (!this.#link.connected) return;
    this.#held.push({ subject, payload, reply });
    if (this.#held.length === 1) this.#defer(this.#release);
  }

  readonly #release = (): void => {
    const held = this.#held;
    this.#held = [];
    for (const { subject, payload, reply } of held) this.#link.publish(subject, payload, reply);
  };

  #worker(source: string): Worker {
    let worker = this.#workers.get(source);
    if (!worker) {
      const [, pool = "", , name = ""] = source.split(".");
      const address = { pool: nameOfToken(pool), worker: nameOfToken(name) };
      worker = { ...address, source, subject: controlSubject(address.pool, address.worker) };
      this.#workers.set(source, worker);
    }
    return worker;
  }

  #outcome(message: Msg): void {
    const id = message.subject.slice(this.#outcomes.length);
    const nobody = message.headers?.code === 503;
    if (id.startsWith("l")) {
      this.#looks.get(id)?.(readView(message));
      return;
    }
    if (id.startsWith("p")) {
      if (nobody) this.#probes.get(Number(id.slice(1)))?.(false);
      return;
    }
    if (nobody) {
      this.#receiver?.refused(Number(id), { kind: "unavailable", detail: "the pool has no queue" });
      return;
    }
    const outcome = readOutcome(message.string());
    if ("sequence" in outcome) this.#receiver?.published(Number(id), outcome.sequence);
    else this.#receiver?.refused(Number(id), outcome.refusal);
  }
}

/** An answer of JetStream's direct get: the message with its number as a header, or a status. */
function readView({ headers, data }: Msg): QueueView {
  if (headers?.code === NOT_FOUND) return "none";
  const sequence = Number(headers?.get("Nats-Sequence"));
  return sequence > 0 ? { sequence, envelope: data } : "unknown";
}

/** A publish acknowledgement: `{"stream":"REQ_A","seq":7}` or `{"error":{"code":503,"err_code":10077,…}}`. */
function readOutcome(text: string): { sequence: number } | { refusal: PublishRefusal } {
  const answer = JSON.parse(text) as {
    seq?: number;
    error?: { err_code?: number; description?: string };
  };
  if (!answer.error) return { sequence: answer.seq ?? 0 };
  if (answer.error.err_code === STREAM_FULL) return { refusal: { kind: "full" } };
  return {
    refusal: {
      kind: "unavailable",
      detail: answer.error.description ?? "the queue refused the request",
    },
  };
}
