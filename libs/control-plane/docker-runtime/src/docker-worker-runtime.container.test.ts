// The contract of the port with real containers.

import { describeWorkerRuntime } from "@penstock/activation/conformance";
import { RuntimeUnderTest } from "./test-support/runtime-under-test.ts";

describeWorkerRuntime("the docker runtime", async () => {
  const subject = await RuntimeUnderTest.start();
  return {
    get runtime() {
      return subject.runtime;
    },
    launch: (behaviour) => {
      if (behaviour.kind !== "cannot-start") return subject.behaving(behaviour);
      const { container } = subject.launch();
      return subject.launch({
        container: { ...container, image: "penstock-test/none", pullPolicy: "never" },
      });
    },
    restart: () => subject.restart(),
    [Symbol.asyncDispose]: () => subject[Symbol.asyncDispose](),
  };
});
