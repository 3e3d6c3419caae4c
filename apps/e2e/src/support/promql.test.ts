import assert from "node:assert/strict";
import test from "node:test";
import { MetricsText } from "./metrics-text.ts";
import { faultsOf } from "./promql.ts";

const scrape = new MetricsText(`# TYPE penstock_pool_state gauge
penstock_pool_state{pool="a",state="started"} 1
penstock_pool_state{pool="a",state="rapid_fail"} 0
# TYPE penstock_wait_seconds histogram
penstock_wait_seconds_bucket{le="1",pool="a"} 0
penstock_wait_seconds_sum{pool="a"} 0
penstock_wait_seconds_count{pool="a"} 0
# TYPE penstock_turns_total counter
penstock_turns_total 3
`);

const cases: Record<string, string[]> = {
  'max by (pool) (penstock_pool_state{state="rapid_fail"}) == 1': [],
  'sum by (pool, le) (rate(penstock_wait_seconds_bucket{job="$job",pool="$pool"}[5m]))': [],
  "rate(penstock_turns_total[5m]) and on (instance) up == 1": [],
  'penstock_pool_state{state=~"started|rapid_.*"}': [],
  "penstock_pool_states == 1": ["there is no metric penstock_pool_states"],
  "penstock_wait_seconds > 1": ["there is no metric penstock_wait_seconds"],
  'penstock_pool_state{phase="x"}': ["penstock_pool_state has no label phase"],
  'penstock_pool_state{state=~"started|paused"}': ["state of penstock_pool_state is never paused"],
  "sum by (reason) (penstock_turns_total)": ["none of its metrics has the label reason"],
  "vector(1)": ["it names no metric"],
};

for (const [expression, faults] of Object.entries(cases))
  test(`${expression} has ${faults.length} faults`, () => {
    assert.deepEqual(faultsOf(expression, [scrape]), faults);
  });
