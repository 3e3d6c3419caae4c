// How the reporter gets into a `node --test` that knows nothing of it, and out of the environment again.

type Environment = Record<string, string | undefined>;

const ordersVariable = "PENSTOCK_TEST_ORDERS";
const containersVariable = "PENSTOCK_TEST_CONTAINERS";

/** What is to become of container tests on a machine that cannot run them. */
export interface ContainerOrders {
  /** Why it cannot. */
  readonly fault: string;
  /** They fail then; otherwise they are skipped. */
  readonly required: boolean;
}

/** What the reporter is told. */
export interface ReporterOrders {
  /** Where it leaves its tally. */
  readonly folder: string;
  /** A run that says nothing for so long hangs, and is ended. */
  readonly silenceLimitMs: number;
  /** Absent where containers can run. */
  readonly containers?: ContainerOrders;
}

type Injected<Orders> = Orders & {
  /** NODE_OPTIONS as it was. */
  readonly formerOptions: string;
};

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
    [ordersVariable]: JSON.stringify({
      ...orders,
      formerOptions: former,
    } satisfies Injected<ReporterOrders>),
  };
}

/** Has every test file of this run be loaded after `container-tests.ts`, with these orders. */
export function orderContainers(environment: Environment, orders: ContainerOrders): void {
  const former = environment["NODE_OPTIONS"] ?? "";
  const loader = new URL("container-tests.ts", import.meta.url).href;
  environment["NODE_OPTIONS"] = `${former} --import=${loader}`.trim();
  environment[containersVariable] = JSON.stringify({ ...orders, formerOptions: former });
}

/** Takes out what {@link orderContainers} put in, and returns the orders; undefined when there are none. */
export function takeContainerOrders(environment: Environment): ContainerOrders | undefined {
  return takeFrom(environment, containersVariable) as ContainerOrders | undefined;
}

/** Takes out what {@link injectReporter} put in, and returns the orders; undefined when there are none. */
export function takeOrders(environment: Environment): ReporterOrders | undefined {
  return takeFrom(environment, ordersVariable) as ReporterOrders | undefined;
}

function takeFrom(environment: Environment, variable: string): unknown {
  const written = environment[variable];
  if (written === undefined) return undefined;
  const { formerOptions, ...orders } = JSON.parse(written) as Injected<object>;
  if (formerOptions === "") delete environment["NODE_OPTIONS"];
  else environment["NODE_OPTIONS"] = formerOptions;
  delete environment[variable];
  return orders;
}
