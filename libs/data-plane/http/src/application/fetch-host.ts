// Hosts an application that is a fetch function: genuine Request in, genuine Response out.

import type { ApplicationHost, WorkerExchange } from "@penstock/request-queue";
import type { FetchContext, FetchFunction } from "./application-shape.ts";
import { FetchExchange } from "./fetch-exchange.ts";
import type { FetchHosting } from "./fetch-exchange.ts";
import { describeThrown } from "./thrown.ts";

/** Runs requests in `fetch`. `report` takes what the application throws, for the log. */
export function hostFetch(fetch: FetchFunction, report: (detail: string) => void): ApplicationHost {
  const context: FetchContext = {
    waitUntil(work) {
      work.catch((thrown: unknown) => report(describeThrown(thrown)));
    },
    passThroughOnException() {},
  };
  const hosting: FetchHosting = { fetch, context, report };
  return {
    handle(exchange: WorkerExchange): void {
      new FetchExchange(exchange, hosting)
        .run()
        .catch((thrown: unknown) => exchange.reset(describeThrown(thrown)));
    },
    async [Symbol.asyncDispose]() {},
  };
}
