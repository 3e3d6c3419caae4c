// One entry of `urlGroups`: the HTTP Server API's URL group, with its limits and its state.

import { count, duration, list, record, size, text, toggle } from "./build.ts";

const timeouts = record("How long clients may keep Penstock waiting; `0s` = for ever.", {
  entityBody: duration("Between two arrivals of a request's body: `Timer_EntityBody`.", {
    default: "120s",
  }),
  drainEntityBody: duration(
    "For the rest of a body whose request has its answer already; then the connection is closed.",
    { default: "120s" },
  ),
  requestQueue: duration(
    "In the queue, where that is less than the pool's `queueTimeout`: `Timer_ReqQueue`.",
    { default: "0s" },
  ),
  idleConnection: duration(
    "Between two requests of a connection whose last one was for this group: `Timer_ConnectionIdle`.",
    { default: "120s" },
  ),
  headerWait: duration(
    "For the whole header of a further request on such a connection: `Timer_HeaderWait`.",
    { default: "120s" },
  ),
  minSendRate: size(
    "Bytes a second at which a client must take its answers: `Timer_MinBytesPerSecond`; `0B` = any.",
    { default: "150B" },
  ),
  minReceiveRate: size(
    "Bytes a second at which a client must send a body: it has `entityBody` in hand, waiting for it uses that up, and what comes earns it back: `Timer_EntityBody`; `0B` = any.",
    { default: "240B" },
  ),
});

/** One URL group as the file writes it. */
export const urlGroup = record(
  "A URL group: prefixes that lead to one queue, with limits and a state of their own. One with the name of a pool sets those of the pool's own `urls`; any other names its `pool` and has `urls`.",
  {
    pool: text("The pool whose queue its requests go to.", {}),
    urls: list(
      "The URL prefixes of this group.",
      text('A URL prefix such as "http://+:8080/shop/".', { expects: "a URL prefix" }),
      { minItems: 1 },
    ),
    enabled: toggle("Whether its requests are taken; if not, they get 503 `Disabled`.", {
      default: true,
    }),
    maxConnections: count("Client connections at once; one more gets 503 `ConnLimit`. 0 = any.", {
      default: 0,
      minimum: 0,
      maximum: 4_294_967_295,
    }),
    maxBandwidth: size("Bytes of answers a second, all clients together; `0B` = any.", {
      default: "0B",
    }),
    maxRequestBody: size(
      "Bytes of a request's body; more is refused with `EntityTooLarge`. `0B` = any.",
      {
        default: "0B",
      },
    ),
    timeouts,
  },
);
