// The model's world: listeners, workers and pools on the in-memory broker, to which actions happen, and
// which in the end is left in peace until everything has come to rest.

import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { Channel } from "../../channel-scheduler.ts";
import { CLAIM_WAIT_MS, BLOCKING_MS, BODY_WINDOW, LINK_IDLE_MS } from "../../limits.ts";
import type { RecordedRun } from "../recorded-application.ts";
import { routedPool, World, type ListenerProcess, type WorkerProcess } from "../world.ts";
import type { Action, Chaos, Work } from "./action.ts";
import { judge, marks, type ModelRequest } from "./model-request.ts";

const QUEUE_TIMEOUT_MS = 40_000;
const CHUNK = 700_000;
/** What comes at once of a body that is kept. */
const FED = 4;
const SWITCH = { status: 101, statusMessage: "Switching Protocols", rawHeaders: [] };
const OK = { status: 200, statusMessage: "OK", rawHeaders: [] };
const pools = ["a", "b"];

/** Everything, and what happens to it. */
export class ModelWorld {
  readonly #world = new World(
    routedPool("a", { queueTimeoutMs: QUEUE_TIMEOUT_MS, queueLength: 8 }),
    routedPool("b", { queueTimeoutMs: QUEUE_TIMEOUT_MS, queueLength: 8 }),
  );
  readonly #controller: Channel;
  readonly #listeners: ListenerProcess[] = [];
  readonly #workers: WorkerProcess[] = [];
  readonly #requests = new Map<string, ModelRequest>();
  readonly #over = new WeakSet<RecordedRun>();
  /** How long the next start of an application blocks its process. */
  readonly #blocks = new WeakMap<WorkerProcess, number>();

  constructor() {
    this.#controller = this.#world.scheduler.channel("controller");
    for (const name of ["l1", "l2"]) this.#listeners.push(this.#world.listener(name));
    for (const pick of [0, 1, 2]) this.#startWorker(pick);
  }

  /** One action happens. */
  async act(action: Action): Promise<void> {
    switch (action.kind) {
      case "steps":
        this.#steps(action.count, action.seed);
        break;
      case "settle":
        this.#steps(5000, 1);
        break;
      case "pass":
        // In steps, with what is under way where it is: a slow network disturbs too.
        this.#markDisturbed();
        for (let left = action.ms; left > 0; left -= 100)
          this.#world.clock.advance(Math.min(100, left));
        break;
      case "ask":
        this.#ask(action);
        break;
      case "work": {
        const run = pickOf(this.#openRuns(), action.pick);
        if (run) this.#work(run, action.how);
        break;
      }
      case "consume":
        pickOf(this.#open(), action.pick)?.exchange.consume();
        break;
      case "feed":
        pickOf(this.#open(), action.pick)?.exchange.feed(FED);
        break;
      case "speak":
        pickOf(this.#tunnels(), action.pick)?.exchange.say(Buffer.from(`said ${action.pick};`));
        break;
      case "fin":
        pickOf(this.#tunnels(), action.pick)?.exchange.fin();
        break;
      case "leave":
        this.#leave(pickOf(this.#open(), action.pick));
        break;
      default:
        this.#disturb(action.kind, action.pick);
    }
    await turn();
    this.#note();
  }

  /** Everything that was broken is mended, every application finishes; then nothing may be left. */
  async rest(): Promise<void> {
    for (const { life } of [...this.#listeners, ...this.#workers]) life.thaw();
    for (const connection of this.#world.broker.connections) connection.restore();
    this.#world.provision();
    // Three workers of three slots in each pool: more than what lost listeners may have left in its queue.
    for (const pick of [2, 5, 8, 11, 14, 17]) this.#startWorker(pick);
    const restedAt = this.#world.clock.now();
    for (let second = 0; second < 60; second++) {
      await this.#second(second);
      if (second > 5 && this.#open().length === 0 && this.#openRuns().length === 0) break;
    }
    for (const request of this.#requests.values())
      judge(request, { queueTimeoutMs: QUEUE_TIMEOUT_MS, restedAt });
    await this.#nothingLeft();
  }

  /** How often what happened, for a test that wants to know that its days are eventful. */
  count(into: Map<string, number>): void {
    for (const { exchange, left } of this.#requests.values()) {
      const outcome = left ? "left" : (exchange.outcome ?? "none");
      into.set(outcome, (into.get(outcome) ?? 0) + 1);
    }
  }

  async #second(second: number): Promise<void> {
    for (const run of this.#openRuns()) {
      run.greedy = true;
      run.consume();
      // The body of a request whose listener is gone never comes.
      if (run.bodyComplete || run.exchange.upgrade || second > 40) this.#work(run, "end");
    }
    for (const { exchange } of this.#open()) {
      exchange.slow = false;
      exchange.consume();
      exchange.feed(FED);
      exchange.fin();
    }
    this.#world.scheduler.choose = undefined;
    await this.#world.pass(1000, 250);
    this.#note();
  }

  async #nothingLeft(): Promise<void> {
    await this.#world.pass(LINK_IDLE_MS + 5000, 2500);
    const alive = this.#workers.filter(({ life }) => life.state !== "gone");
    for (const { receiver, name } of alive) {
      assert.equal(receiver.running, 0, `${name} still runs something`);
      const drained = receiver.drain();
      await this.#world.pass(1000, 500);
      await drained;
    }
    await this.#world.pass(20_000, 2500);
    for (const listener of this.#listeners) {
      if (listener.life.state === "gone") continue;
      assert.equal(listener.dispatcher.leftovers, 0);
      for (const name of pools) {
        const { waiting, running } = listener.pool(name);
        assert.deepEqual([waiting.size, running.size], [0, 0]);
      }
    }
    for (const name of pools) assert.equal(this.#world.broker.queue(name)?.depth, 0);
    assert.equal(this.#world.clock.pendingTimers, 0);
    assert.deepEqual(this.#world.broker.failures, []);
  }

  // ---- requests and applications

  #open(): ModelRequest[] {
    return [...this.#requests.values()].filter(
      ({ exchange, listener }) => exchange.state !== "done" && listener.life.state === "running",
    );
  }

  #tunnels(): ModelRequest[] {
    return this.#open().filter(({ exchange }) => exchange.state === "tunnel" && !exchange.finSaid);
  }

  #openRuns(): RecordedRun[] {
    const running = this.#workers.filter(({ life }) => life.state === "running");
    return running.flatMap(({ application }) =>
      application.runs.filter((run) => !run.cancelled && !this.#over.has(run)),
    );
  }

  #ask({ pick, method: any, body, slow }: Extract<Action, { kind: "ask" }>): void {
    const upgrade = body === "upgrade";
    const method = upgrade ? "GET" : any;
    const running = this.#listeners.filter(({ life }) => life.state === "running");
    const listener = pickOf(running, pick);
    if (!listener) return;
    const id = `/${listener.name}-${this.#requests.size}`;
    const large = Array.from({ length: 5 }, (_, index) => Buffer.alloc(CHUNK, index));
    const small = Buffer.from(`body of ${id}`);
    const streams = {
      none: undefined,
      upgrade: undefined,
      along: undefined,
      kept: undefined,
      follows: [small, small],
      large,
    };
    const stream = streams[body];
    const along = body === "along" ? small : undefined;
    const kept = body === "kept" ? small : undefined;
    const request: ModelRequest = {
      exchange: undefined as never,
      listener,
      id,
      body: along ?? kept ?? Buffer.concat(stream ?? []),
      runs: [],
      askedAt: this.#world.clock.now(),
      left: false,
      reset: false,
      hungUp: false,
      disturbed: false,
      brokerAway: false,
      endedAt: 0,
    };
    this.#requests.set(id, request);
    const pool = pools[Math.floor(pick / 7) % pools.length] ?? "a";
    const exchange = listener.ask({ pool, method, target: id, stream, body: along, kept, upgrade });
    exchange.slow = slow;
    Object.assign(request, { exchange });
  }

  #leave(request: ModelRequest | undefined): void {
    if (!request) return;
    request.left = true;
    request.listener.dispatcher.leave(request.exchange);
  }

  #work(run: RecordedRun, how: Work): void {
    const { exchange, target } = run;
    if (run.begun && (how === "answer" || how === "begin")) how = "end";
    if (!run.begun && how !== "answer" && how !== "reset") {
      run.begun = true;
      exchange.respond(exchange.upgrade ? SWITCH : OK, Buffer.from(marks.begin(target)), false);
    }
    if (how === "answer") run.answer();
    if (how === "write") exchange.write(Buffer.from("xxx"));
    if (how === "large") exchange.write(Buffer.alloc(CHUNK, "x"));
    if (how === "end") {
      exchange.write(Buffer.from(marks.end));
      exchange.end([]);
    }
    if (how === "reset") {
      exchange.reset("by the test");
      this.#requests.get(target)!.reset = true;
    }
    if (how === "answer" || how === "end" || how === "reset") this.#over.add(run);
  }

  #handle(worker: WorkerProcess, run: RecordedRun): void {
    const blocked = this.#blocks.get(worker) ?? 0;
    this.#blocks.delete(worker);
    if (blocked > 0) this.#markDisturbed();
    // Time passes for all others, and for this process after its turn.
    worker.life.freeze();
    this.#world.clock.advance(blocked);
    worker.life.thaw();
    const request = this.#requests.get(run.target);
    assert.ok(request, "a request that nobody asked");
    run.greedy = run.target.length % 2 === 0;
    request.runs.push(run);
  }

  /** Keeps what the judgement needs and what is over soon after. */
  #note(): void {
    const now = this.#world.clock.now();
    for (const request of this.#requests.values()) {
      const { exchange, listener } = request;
      if (exchange.state === "done") {
        if (request.endedAt === 0) request.endedAt = now;
        continue;
      }
      assert.ok(exchange.unread <= 2 * BODY_WINDOW);
      if (!listener.connection.open || !this.#world.broker.queue(exchange.pool.name))
        request.brokerAway = true;
    }
  }

  // ---- what goes wrong

  #markDisturbed(): void {
    for (const request of this.#requests.values())
      if (request.exchange.state !== "done") request.disturbed = true;
  }

  #disturb(kind: Chaos, pick: number): void {
    this.#markDisturbed();
    const processes = [...this.#workers, ...this.#listeners];
    const running = processes.filter(({ life }) => life.state === "running");
    switch (kind) {
      case "crashWorker":
        return this.#crashWorker(pick);
      case "crashListener":
        if (pick % 5 === 0) this.#listeners[pick % 2]?.life.crash();
        return;
      case "startWorker":
        return this.#startWorker(pick);
      case "drainWorker": {
        const worker = pickOf(this.#workers, pick);
        void worker?.receiver.drain();
        if (worker && pick % 2 === 0) this.#hangUp(worker);
        return;
      }
      case "freeze":
        pickOf(running, pick)?.life.freeze();
        return;
      case "thaw":
        for (const { life } of processes) life.thaw();
        return;
      case "block": {
        const worker = pickOf(this.#workers, pick);
        if (worker)
          this.#blocks.set(worker, pick % 2 === 0 ? BLOCKING_MS + 50 : CLAIM_WAIT_MS + 500);
        return;
      }
      case "break":
        pickOf(running, pick)?.connection.break();
        return;
      case "restore":
        pickOf(
          processes.filter(({ connection }) => !connection.live),
          pick,
        )?.connection.restore();
        return;
      case "restartBroker":
        if (pick % 3 === 0) this.#world.broker.restart();
        return;
      case "provision":
        return this.#world.provision();
      default:
        assert.fail(kind);
    }
  }

  /** Its applications have the last word. */
  #hangUp({ receiver, application }: WorkerProcess): void {
    for (const { target } of application.runs) this.#requests.get(target)!.hungUp = true;
    receiver.hangUp();
  }

  #crashWorker(pick: number): void {
    const worker = pickOf(
      this.#workers.filter(({ life }) => life.state !== "gone"),
      pick,
    );
    if (!worker) return;
    worker.crash();
    if (pick % 2 === 0) return;
    // The controller saw it, and tells each listener some time later.
    for (const { dispatcher } of this.#listeners)
      this.#controller.push(() => dispatcher.workerEnded(worker.pool, worker.name, "crashed"));
  }

  #startWorker(pick: number): void {
    const pool = pools[pick % pools.length];
    const worker = this.#world.worker(`w${this.#workers.length}`, 1 + (pick % 3), pool);
    worker.application.behave = (run) => this.#handle(worker, run);
    this.#workers.push(worker);
  }

  #steps(count: number, seed: number): void {
    const { scheduler } = this.#world;
    const frozen = new Set<string>();
    for (const { life, name } of [...this.#listeners, ...this.#workers])
      if (life.state === "frozen") frozen.add(name);
    let random = seed;
    scheduler.choose = (channels) => {
      const movable = channels.filter(
        ({ name }) => !frozen.has(name.split(" ").at(-1) ?? "") || name.endsWith("to broker"),
      );
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      return movable[Math.floor(random / 65_536) % movable.length];
    };
    for (let step = 0; step < count && scheduler.step(); step++);
  }
}

function pickOf<T>(all: readonly T[], pick: number): T | undefined {
  return all[pick % all.length];
}
