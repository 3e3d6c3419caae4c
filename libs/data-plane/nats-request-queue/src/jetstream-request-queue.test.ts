// The NATS ports keep the contract, against a real nats-server.

import { describeRequestQueue } from "@penstock/request-queue/testing";
import { makeNatsHarness } from "./test-support/nats-harness.ts";

describeRequestQueue("NATS JetStream", makeNatsHarness);
