-- Prints what a run of wrk came to as one line of JSON: its own report rounds latencies. Only `done` is
-- defined here; a function that ran for each request would cost the load generator its speed.

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'result {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"max":%d,"status":%d,"broken":%d}\n',
    summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
