// For tests: a controller that is killed. Arguments: a state directory and a behaviour as JSON. It launches one
// worker, prints its id, and passes on what the worker prints.

import { once } from "node:events";
import { startProcessRuntime } from "../process-worker-runtime.ts";
import { testLaunch, workerEntry } from "./testing-runtime.ts";
import type { TestBehaviour } from "./testing-worker.ts";

const [stateDirectory = "", behaviour = ""] = process.argv.slice(2);
const runtime = await startProcessRuntime({ stateDirectory, workerEntry });
runtime.watch((event) => {
  if (event.kind === "output") process.stdout.write(`${event.line}\n`);
});
const { id } = await runtime.launch(testLaunch(JSON.parse(behaviour) as TestBehaviour));
process.stdout.write(`${id}\n`);
await once(process, "SIGTERM");
