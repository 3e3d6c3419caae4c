// How the reporter gets into a `node --test` that knows nothing of it, and out of the environment again.

type Environment = Record<string, string | undefined>;

const ordersVariable = "PENSTOCK_TEST_ORDERS";

/** What the reporter is told. */
export interface ReporterOrders {
  /** Where it leaves its tally. */
  readonly folder: string;
  /** A run that says nothing for so long hangs, and is ended. */
  readonly silenceLimitMs: number;
}

interface Injected extends ReporterOrders {
  /** NODE_OPTIONS as it was. */
  readonly formerOptions: string;
}

/** The environment in which every `node --test` prints as usual and leaves a tally. */
export function injectReporter(environment: Environment, orders: ReporterOrders): Environment {
  const former = environment["NODE_OPTIONS"] ?? "";
  // A file URL: it holds no space, whatever the folder is called.
  const reporter = new URL("tally-reporter.ts", import.meta.url).href;
  const reporters = ["spec", reporter].flatMap((name) => [
    `--test-reporter=${name}`,
    "--test-reporter-destination=stdout",
  ]);
  return {
    ...environment,
    NODE_OPTIONS: [former, ...reporters].join(" ").trim(),
    [ordersVariable]: JSON.stringify({ ...orders, formerOptions: former } satisfies Injected),
  };
}

/** Takes out what {@link injectReporter} put in, and returns the orders; undefined when there are none. */
export function takeOrders(environment: Environment): ReporterOrders | undefined {
  const written = environment[ordersVariable];
  if (written === undefined) return undefined;
  const { formerOptions, ...orders } = JSON.parse(written) as Injected;
  if (formerOptions === "") delete environment["NODE_OPTIONS"];
  else environment["NODE_OPTIONS"] = formerOptions;
  delete environment[ordersVariable];
  return orders;
}
