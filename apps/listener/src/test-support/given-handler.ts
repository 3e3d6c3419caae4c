// For tests: a port's handler of which only the answering matters.

import type { RequestListener } from "node:http";
import { ClientErrors, httpSysLimits } from "@penstock/http";
import { httpSysUrlGroup } from "@penstock/domain";
import type { TrafficHandler } from "../traffic-server.ts";

/** A handler with HTTP.sys's limits; upgrades it cuts. */
export function givenHandler(handle: RequestListener): TrafficHandler {
  const errors = new ClientErrors({
    dispatcher: { giveUp: () => {} },
    observer: { unmatched: () => {} },
  });
  return {
    handle,
    handleUpgrade: (_request, socket) => socket.destroy(),
    answerConnect: errors.answerConnect,
    clientError: errors.answer,
    sessionIdle: () => {},
    limits: httpSysLimits,
    timeouts: httpSysUrlGroup.timeouts,
    watch: { add: () => {} },
  };
}
