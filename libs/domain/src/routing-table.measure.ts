// How long a match takes: `npm run measure -w @penstock/domain`. Not a test, since times say nothing on
// a busy machine; the ratios between the rows do. Header and target are fresh strings in each turn, as a
// parser makes them: a string that was looked up before carries its hash and would flatter the table.

import { assert } from "@penstock/foundation";
import { buildRoutingTable, type RoutingTable } from "./routing-table.ts";
import { localEndpoint } from "./local-endpoint.ts";
import { parseUrlPrefix } from "./url-prefix.ts";

interface Target {
  readonly number: number;
}

/** How prefixes differ, and the request that the n-th of them is for. */
interface Shape {
  readonly title: string;
  readonly prefix: (n: number) => string;
  readonly host: (n: number) => string;
  readonly target: (n: number) => string;
}

const wildcard = (): string => "localhost:8080";
const shapes: readonly Shape[] = [
  {
    title: "a path per application, +:8080",
    prefix: (n) => `http://+:8080/app-${n}/`,
    host: wildcard,
    target: (n) => `/app-${n}/orders/4711?expand=lines`,
  },
  {
    title: "a host per application",
    prefix: (n) => `http://app-${n}.example:8080/`,
    host: (n) => `app-${n}.example:8080`,
    target: () => "/orders/4711?expand=lines",
  },
  {
    title: "the same, 100 busy hosts",
    prefix: (n) => `http://app-${n}.example:8080/`,
    host: (n) => `app-${n % 100}.example:8080`,
    target: () => "/orders/4711?expand=lines",
  },
  {
    title: "upper case in the path",
    prefix: (n) => `http://+:8080/app-${n}/`,
    host: wildcard,
    target: (n) => `/App-${n}/Orders/4711?expand=lines`,
  },
  {
    title: "escapes in the path",
    prefix: (n) => `http://+:8080/app-${n}/`,
    host: wildcard,
    target: (n) => `/app%2D${n}/caf%C3%A9/4711?expand=lines`,
  },
];

const endpoint = localEndpoint("http", 8080, "127.0.0.1");
const requests = 4096;
const rounds = 200;

for (const shape of shapes) {
  for (const size of [10, 1000, 100_000]) {
    const nanoseconds = measure(shape, size);
    process.stdout.write(
      `${shape.title.padEnd(32)}${String(size).padStart(8)} prefixes${nanoseconds.toFixed(0).padStart(6)} ns\n`,
    );
  }
}

function measure(shape: Shape, size: number): number {
  const table = tableOf(shape, size);
  const numbers = Array.from({ length: requests }, (_, n) => (n * 7919) % size);
  const hosts = numbers.map((n) => Buffer.from(shape.host(n)));
  const targets = numbers.map((n) => Buffer.from(shape.target(n)));
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const freshHosts = hosts.map((host) => host.toString("latin1"));
    const freshTargets = targets.map((target) => target.toString("latin1"));
    const start = process.hrtime.bigint();
    let found = 0;
    for (let n = 0; n < requests; n++) {
      if (typeof table.match(endpoint, freshHosts[n], freshTargets[n] ?? "") === "object") found++;
    }
    const spent = Number(process.hrtime.bigint() - start) / requests;
    assert(found === requests, "every request has a prefix");
    best = Math.min(best, spent);
  }
  return best;
}

function tableOf(shape: Shape, size: number): RoutingTable<Target> {
  const build = buildRoutingTable(
    Array.from({ length: size }, (_, number) => {
      const parse = parseUrlPrefix(shape.prefix(number));
      assert(parse.kind === "prefix", "the shape writes valid prefixes");
      return [parse.prefix, { number }] as const;
    }),
  );
  assert(build.kind === "table", "the shape writes different prefixes");
  return build.table;
}
