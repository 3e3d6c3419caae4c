// What Prometheus finds: every name, every series of a configured pool from the start, and no more of them
// however odd the requests are.

import assert from "node:assert/strict";
import { METHODS } from "node:http";
import test from "node:test";
import { Agent, request, type Dispatcher } from "undici";
import type { Penstock } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const LISTENER = [
  "penstock_build_info",
  "penstock_http_request_duration_seconds",
  "penstock_http_requests_in_flight",
  "penstock_http_rejections_total",
  "penstock_http_client_disconnects_total",
  "penstock_http_request_body_bytes_total",
  "penstock_http_response_body_bytes_total",
  "penstock_http_requests_total",
  "penstock_listener_open_connections",
  "penstock_listener_event_loop_utilization_ratio",
  "penstock_queue_enqueued_total",
  "penstock_queue_wait_duration_seconds",
  "penstock_queue_dequeued_total",
  "penstock_queue_redeliveries_total",
  "penstock_nats_connected",
  "penstock_nats_reconnects_total",
  "penstock_nats_rtt_seconds",
  "penstock_log_events_total",
  "process_cpu_seconds_total",
  "nodejs_eventloop_lag_seconds",
];

const CONTROLLER = [
  "penstock_build_info",
  "penstock_queue_messages",
  "penstock_queue_capacity_messages",
  "penstock_queue_bytes",
  "penstock_queue_capacity_bytes",
  "penstock_queue_oldest_message_age_seconds",
  "penstock_pool_state",
  "penstock_pool_workers",
  "penstock_pool_workers_desired",
  "penstock_pool_workers_min",
  "penstock_pool_workers_max",
  "penstock_pool_slots",
  "penstock_pool_slots_busy",
  "penstock_worker_starts_total",
  "penstock_worker_start_duration_seconds",
  "penstock_worker_exits_total",
  "penstock_worker_memory_working_set_bytes",
  "penstock_worker_memory_limit_bytes",
  "penstock_worker_cpu_seconds_total",
  "penstock_ping_failures_total",
  "penstock_cold_starts_total",
  "penstock_cold_start_duration_seconds",
  "penstock_rapid_fail_trips_total",
  "penstock_pool_recent_failures",
  "penstock_jetstream_storage_bytes",
  "penstock_jetstream_storage_limit_bytes",
  "penstock_scale_decisions_total",
  "penstock_engine_api_request_duration_seconds",
  "penstock_engine_api_errors_total",
  "penstock_reconcile_duration_seconds",
  "penstock_reconcile_errors_total",
  "penstock_nats_connected",
  "penstock_nats_reconnects_total",
  "penstock_nats_rtt_seconds",
  "penstock_log_events_total",
  "process_cpu_seconds_total",
];

/** Series that must be there, at 0, before the first request: one of each kind. */
const AT_ZERO = {
  listener: [
    'penstock_http_rejections_total{pool="echo",reason="QueueFull"}',
    'penstock_http_request_duration_seconds_count{pool="echo",code_class="2xx"}',
    'penstock_http_requests_in_flight{pool="echo"}',
    'penstock_http_requests_total{pool="echo",method="GET",code="200"}',
    'penstock_http_requests_total{pool="echo",method="OTHER",code="503"}',
    'penstock_http_client_disconnects_total{pool="echo",phase="queued"}',
    'penstock_http_client_disconnects_total{pool="echo",phase="assigned"}',
    'penstock_http_client_disconnects_total{pool="echo",phase="response"}',
    'penstock_http_request_body_bytes_total{pool="echo"}',
    'penstock_http_response_body_bytes_total{pool="echo"}',
    'penstock_queue_enqueued_total{pool="echo"}',
    'penstock_queue_wait_duration_seconds_count{pool="echo"}',
    'penstock_queue_dequeued_total{pool="echo"}',
    'penstock_queue_redeliveries_total{pool="echo"}',
  ],
  controller: [
    'penstock_queue_messages{pool="echo"}',
    'penstock_queue_oldest_message_age_seconds{pool="echo"}',
    'penstock_pool_workers{pool="echo",state="ready"}',
    'penstock_pool_workers_desired{pool="echo"}',
    'penstock_pool_slots_busy{pool="echo"}',
    'penstock_worker_starts_total{pool="echo",trigger="demand"}',
    'penstock_worker_exits_total{pool="echo",reason="crash"}',
    'penstock_ping_failures_total{pool="echo"}',
    'penstock_worker_start_duration_seconds_count{pool="echo",stage="pull"}',
    'penstock_worker_start_duration_seconds_count{pool="echo",stage="create"}',
    'penstock_worker_start_duration_seconds_count{pool="echo",stage="boot"}',
    'penstock_cold_starts_total{pool="echo"}',
    'penstock_cold_start_duration_seconds_count{pool="echo"}',
    'penstock_rapid_fail_trips_total{pool="echo"}',
    'penstock_pool_recent_failures{pool="echo"}',
    'penstock_pool_state{pool="echo",state="draining"}',
    'penstock_scale_decisions_total{pool="echo",direction="up",cause="demand"}',
    'penstock_scale_decisions_total{pool="echo",direction="down",cause="idle"}',
  ],
};

const REQUESTS = 2000;
const AT_ONCE = 50;

test("metrics have their names, start at 0, count, and stay bounded under 2,000 random requests", () =>
  withPenstock(
    ({ url, application }) => ({ echo: { urls: [url("/echo/")], module: application("echo") } }),
    async (penstock) => {
      await assertNamesAndZeros(penstock);
      assert.equal((await fetch(`${penstock.origin}/echo/`)).status, 200);
      await assertCountsOne(penstock);
      await assertCountsBytes(penstock);
      // One of each method and outcome first: from then on nothing new may come.
      await randomRequests(penstock, 200);
      const before = (await penstock.metrics("listener")).series("penstock_").length;
      await randomRequests(penstock, REQUESTS);
      const after = await penstock.metrics("listener");
      const added = after.series("penstock_").length - before;
      assert(added <= 2, `${added} series more after ${REQUESTS} random requests`);
      const methods = after.series("penstock_http_requests_total", 'method="');
      assert(methods.length > 0);
      for (const name of methods)
        assert.match(name, /method="(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|OTHER)"/);
    },
  ));

async function assertNamesAndZeros(penstock: Penstock): Promise<void> {
  for (const [role, names] of [
    ["listener", LISTENER],
    ["controller", CONTROLLER],
  ] as const) {
    const metrics = await penstock.metrics(role);
    for (const name of names) assert(metrics.names.has(name), `${role} has ${name}`);
    for (const series of AT_ZERO[role]) assert.equal(metrics.value(series), 0, series);
    assert.equal(metrics.value(`penstock_nats_connected{component="${role}"}`), 1);
  }
  const controller = await penstock.metrics("controller");
  assert.equal(controller.value('penstock_queue_capacity_messages{pool="echo"}'), 1000);
  assert.equal(controller.value('penstock_pool_state{pool="echo",state="started"}'), 1);
  // nats-server: 1000 messages of 8 MiB are more than the 1 GiB that it may hold in memory.
  assert.equal(controller.value('penstock_queue_capacity_bytes{pool="echo"}'), 1024 ** 3);
}

async function assertCountsOne(penstock: Penstock): Promise<void> {
  const listener = await penstock.metrics("listener");
  for (const series of [
    'penstock_http_requests_total{pool="echo",method="GET",code="200"}',
    'penstock_http_request_duration_seconds_count{pool="echo",code_class="2xx"}',
    'penstock_queue_wait_duration_seconds_count{pool="echo"}',
    'penstock_queue_enqueued_total{pool="echo"}',
    'penstock_queue_dequeued_total{pool="echo"}',
  ])
    assert.equal(listener.value(series), 1, series);
  const controller = await penstock.metrics("controller");
  for (const series of [
    'penstock_worker_starts_total{pool="echo",trigger="demand"}',
    'penstock_cold_starts_total{pool="echo"}',
    'penstock_cold_start_duration_seconds_count{pool="echo"}',
    'penstock_worker_start_duration_seconds_count{pool="echo",stage="boot"}',
    'penstock_pool_workers{pool="echo",state="ready"}',
    'penstock_scale_decisions_total{pool="echo",direction="up",cause="demand"}',
  ])
    assert.equal(controller.value(series), 1, series);
}

async function assertCountsBytes(penstock: Penstock): Promise<void> {
  const names = ["request_body_bytes_total", "response_body_bytes_total"] as const;
  const read = async () => {
    const listener = await penstock.metrics("listener");
    return names.map((name) => listener.value(`penstock_http_${name}{pool="echo"}`) ?? Number.NaN);
  };
  const [received = 0, sent = 0] = await read();
  // The first rides along with the request, the second follows it.
  for (const length of [1000, 1_000_000]) {
    const answer = await fetch(`${penstock.origin}/echo/`, {
      method: "POST",
      body: new Uint8Array(length),
    });
    assert.equal(answer.status, 200);
    await answer.arrayBuffer();
  }
  const [receivedNow = 0, sentNow = 0] = await read();
  assert.equal(receivedNow - received, 1_001_000);
  assert(sentNow > sent);
}

/** Methods that Node's client can send and that open no tunnel. */
const methods = METHODS.filter((method) => method !== "CONNECT" && method !== "M-SEARCH");

async function randomRequests({ origin }: Penstock, count: number): Promise<void> {
  const agent = new Agent({ connections: AT_ONCE });
  let left = count;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const path = `/${left % 3 === 0 ? "nowhere" : "echo"}/${crypto.randomUUID()}`;
        const method = methods[left % methods.length] as Dispatcher.HttpMethod;
        const host = `${crypto.randomUUID()}.example`;
        const answer = await request(origin + path, {
          method,
          headers: { host },
          dispatcher: agent,
        });
        await answer.body.dump();
      }
    }),
  );
  await agent.close();
}
