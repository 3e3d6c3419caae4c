// What can happen in the model's world. Numbers pick among what there is at that moment, so that any list
// of actions makes sense, and a shorter one too.

import * as fc from "fast-check";

/** One thing that happens. */
export type Action =
  | { readonly kind: "steps"; readonly count: number; readonly seed: number }
  | { readonly kind: "settle" }
  | { readonly kind: "pass"; readonly ms: number }
  | {
      readonly kind: "ask";
      readonly pick: number;
      readonly method: "GET" | "PUT" | "POST";
      readonly body: "none" | "along" | "follows" | "kept" | "large" | "upgrade";
      readonly slow: boolean;
    }
  | { readonly kind: "work"; readonly pick: number; readonly how: Work }
  | { readonly kind: "consume" | "leave" | "feed" | "speak" | "fin"; readonly pick: number }
  | { readonly kind: Chaos; readonly pick: number };

/** What an application does next with a request. */
export type Work = "answer" | "begin" | "write" | "large" | "end" | "reset";

/** What goes wrong. */
export type Chaos =
  | "crashWorker"
  | "crashListener"
  | "startWorker"
  | "drainWorker"
  | "freeze"
  | "thaw"
  | "block"
  | "break"
  | "restore"
  | "restartBroker"
  | "provision";

const pick = fc.nat(1000);

const benign: fc.WeightedArbitrary<Action>[] = [
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("steps" as const),
      count: fc.integer({ min: 1, max: 30 }),
      seed: fc.nat(1_000_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("settle" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      pick,
      method: fc.constantFrom("GET", "POST", "PUT"),
      body: fc.constantFrom("none", "none", "along", "follows", "kept", "large", "upgrade"),
      slow: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("work" as const),
      pick,
      how: fc.constantFrom("answer", "answer", "answer", "begin", "write", "large", "end", "reset"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("consume" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("feed" as const), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("speak" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("fin" as const), pick }) },
];

const time: fc.WeightedArbitrary<Action> = {
  weight: 4,
  arbitrary: fc.record({
    kind: fc.constant("pass" as const),
    ms: fc.constantFrom(10, 100, 500, 1000, 2100, 4000),
  }),
};

const chaos: fc.WeightedArbitrary<Action> = {
  weight: 7,
  arbitrary: fc.record({
    kind: fc.constantFrom<Chaos[]>(
      "crashWorker",
      "crashListener",
      "startWorker",
      "startWorker",
      "drainWorker",
      "freeze",
      "thaw",
      "block",
      "break",
      "break",
      "restore",
      "restore",
      "restartBroker",
      "provision",
    ),
    pick,
  }),
};

const long = { maxLength: 120, size: "max" as const };

/** Days on which nothing goes wrong but clients and applications. */
export const quietDay: fc.Arbitrary<Action[]> = fc.array(fc.oneof(...benign), long);

/** Days on which everything goes wrong. */
export const badDay: fc.Arbitrary<Action[]> = fc.array(fc.oneof(...benign, time, chaos), long);
