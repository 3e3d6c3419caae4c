import assert from "node:assert/strict";
import test from "node:test";

import { Counter, Gauge, Histogram, Registry } from "prom-client";

import { Metrics } from "./metrics.ts";
import { expositionFaults } from "./test-support/exposition-format.ts";

const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Values on, below and above bounds, tiny ones, and a long tail; the same in every run. */
function* observations(): Generator<number> {
  yield* [0, 0.005, 0.0050001, 0.01, 1, 29.99, 30, 30.1, 1e-9, 1234.5678, 0.1 + 0.2];
  for (let i = 1; i < 1000; i++) yield ((i * 7919) % 1009) / 97;
}

test("a histogram prints exactly what prom-client prints for the same observations", async () => {
  const facts = { name: "penstock_wait_duration_seconds", help: "Time in the queue." };
  const theirs = new Registry();
  const their = new Histogram({
    ...facts,
    labelNames: ["pool", "code_class"],
    buckets: bounds,
    registers: [theirs],
  });
  const metrics = new Metrics();
  const our = metrics.histogram({ ...facts, labels: ["pool", "code_class"], bounds });

  for (const pool of ["shop", 'odd"pool\\\n'])
    for (const code_class of ["2xx", "5xx"]) {
      our.series({ pool, code_class });
      their.zero({ pool, code_class });
    }
  const ourSeries = our.series({ pool: "shop", code_class: "2xx" });
  for (const seconds of observations()) {
    ourSeries.observe(seconds);
    their.observe({ pool: "shop", code_class: "2xx" }, seconds);
  }
  assert.equal(await metrics.render(), await theirs.metrics());
  assert.deepEqual(expositionFaults(await metrics.render()), []);
});

test("a counter and a gauge print exactly what prom-client prints", async () => {
  const theirs = new Registry();
  const registers = [theirs];
  const metrics = new Metrics();

  const requests = { name: "penstock_http_requests_total", help: "Requests\nanswered \\o/." };
  const theirCounter = new Counter({ ...requests, labelNames: ["pool", "code"], registers });
  const ourCounter = metrics.counter({ ...requests, labels: ["pool", "code"] });
  for (const [code, by] of [
    ["200", 3],
    ["404", 0.5],
    ["200", 1e21],
    ["503", 0],
  ] as const) {
    theirCounter.inc({ pool: "a", code }, by);
    ourCounter.series({ pool: "a", code }).add(by);
  }
  const connections = { name: "penstock_open_connections", help: "Connections." };
  const theirGauge = new Gauge({ ...connections, registers });
  const ourGauge = metrics.gauge(connections).series({});
  for (const by of [5, -2, 0.25]) {
    theirGauge.inc(by);
    ourGauge.add(by);
  }
  assert.equal(await metrics.render(), await theirs.metrics());
  assert.deepEqual(expositionFaults(await metrics.render()), []);
});

test("a metric without labels is at 0 from the start", async () => {
  const metrics = new Metrics();
  metrics.counter({ name: "penstock_reconnects_total", help: "Reconnects." });
  assert.match(await metrics.render(), /^penstock_reconnects_total 0$/m);
});

test("every combination of label values can start at 0", async () => {
  const metrics = new Metrics();
  const rejections = metrics.counter({
    name: "penstock_http_rejections_total",
    help: "Refused.",
    labels: ["pool", "reason"],
  });
  rejections.startAtZero({ pool: ["a", "b"], reason: ["QueueFull", "AppOffline"] });
  assert.deepEqual(
    (await metrics.render()).split("\n").filter((line) => line.startsWith("penstock_")),
    [
      'penstock_http_rejections_total{pool="a",reason="QueueFull"} 0',
      'penstock_http_rejections_total{pool="a",reason="AppOffline"} 0',
      'penstock_http_rejections_total{pool="b",reason="QueueFull"} 0',
      'penstock_http_rejections_total{pool="b",reason="AppOffline"} 0',
    ],
  );
});

test("a look-up over one label finds the series that the labels find", () => {
  const requests = new Metrics().counter({
    name: "penstock_http_requests_total",
    help: "Requests.",
    labels: ["pool", "method", "code"],
  });
  const byCode = requests.by("code", { method: "GET", pool: "a" });
  assert.equal(byCode(200), requests.series({ pool: "a", method: "GET", code: "200" }));
  assert.equal(byCode(200), byCode(200));
  assert.notEqual(byCode(200), byCode(404));
});

test("what is only known by looking is set before a scrape is read", async () => {
  const metrics = new Metrics();
  let waiting = 0;
  const messages = metrics.gauge({
    name: "penstock_queue_messages",
    help: "Waiting.",
    collect: () => messages.series({}).set(waiting),
  });
  waiting = 7;
  assert.match(await metrics.render(), /^penstock_queue_messages 7$/m);
});

test("a value that is no finite number leaves a histogram and a counter as they were", async () => {
  const metrics = new Metrics();
  const wait = metrics.histogram({ name: "penstock_wait_seconds", help: "Wait.", bounds: [1] });
  const count = metrics.counter({ name: "penstock_things_total", help: "Things." });
  for (const value of [Number.NaN, Infinity, -Infinity]) wait.series({}).observe(value);
  for (const by of [Number.NaN, -1]) count.series({}).add(by);
  const text = await metrics.render();
  assert.match(text, /^penstock_wait_seconds_count 0$/m);
  assert.match(text, /^penstock_wait_seconds_sum 0$/m);
  assert.match(text, /^penstock_things_total 0$/m);
});

test("pools start at 0 when they are configured and vanish when they are gone", async () => {
  const metrics = new Metrics();
  const requests = metrics.counter({
    name: "penstock_http_requests_total",
    help: "Requests.",
    labels: ["pool"],
  });
  const workers = metrics.gauge({
    name: "penstock_pool_workers",
    help: "Workers.",
    labels: ["pool", "state"],
  });
  const pools = metrics.perPool((pool) => ({ requests: requests.series({ pool }) }));
  const scraped = async () =>
    (await metrics.render()).split("\n").filter((line) => line.startsWith("penstock_"));

  pools.configure(["a", "b"]);
  workers.series({ pool: "b", state: "ready" }).set(2);
  pools.of("a").requests.add();
  assert.deepEqual(await scraped(), [
    'penstock_http_requests_total{pool="a"} 1',
    'penstock_http_requests_total{pool="b"} 0',
    'penstock_pool_workers{pool="b",state="ready"} 2',
  ]);

  pools.configure(["a", "c"]);
  assert.deepEqual(await scraped(), [
    'penstock_http_requests_total{pool="a"} 1',
    'penstock_http_requests_total{pool="c"} 0',
  ]);
  assert.equal(pools.of("a"), pools.of("a"));
});

test("a process exports itself: build, Node.js, process, log lines", async () => {
  const metrics = new Metrics();
  metrics.exportProcess({ component: "listener", version: "1.2.3" });
  metrics.countLogEvents()("warn");
  const text = await metrics.render();
  assert.deepEqual(expositionFaults(text), []);
  assert.match(
    text,
    /^penstock_build_info\{version="1.2.3",revision="",node_version="v\d+[^"]*",component="listener"\} 1$/m,
  );
  assert.match(text, /^nodejs_eventloop_lag_seconds /m);
  assert.match(text, /^process_cpu_seconds_total /m);
  assert.match(text, /^penstock_log_events_total\{level="warn"\} 1$/m);
  assert.match(text, /^penstock_log_events_total\{level="error"\} 0$/m);
});

const header = { help: "Help." };
const mistakes: Record<string, (metrics: Metrics) => unknown> = {
  "a name without penstock_": (metrics) => metrics.gauge({ name: "requests", ...header }),
  "a counter without _total": (metrics) => metrics.counter({ name: "penstock_x", ...header }),
  "a gauge with _total": (metrics) => metrics.gauge({ name: "penstock_x_total", ...header }),
  "a histogram without a unit": (metrics) =>
    metrics.histogram({ name: "penstock_x", ...header, bounds: [1] }),
  "bounds that do not rise": (metrics) =>
    metrics.histogram({ name: "penstock_x_seconds", ...header, bounds: [1, 1] }),
  "a name twice": (metrics) => {
    metrics.gauge({ name: "penstock_x", ...header });
    metrics.gauge({ name: "penstock_x", ...header });
  },
  "a label of the wrong name": (metrics) =>
    metrics.gauge({ name: "penstock_x", ...header, labels: ["pool"] }).series({
      host: "a",
    } as unknown as { pool: string }),
};

for (const [title, make] of Object.entries(mistakes)) {
  test(`${title} is refused where it is made`, () => {
    assert.throws(() => make(new Metrics()));
  });
}
