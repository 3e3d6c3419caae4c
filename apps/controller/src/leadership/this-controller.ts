// A controller as others see it in the lease, and whether one of this machine has ended.

import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { isAlive, startTimeOf } from "@penstock/process-runtime";
import type { LeaseHolder } from "./lease.ts";

/** This process, as holder of a lease. `admin`: where its API listens. */
export function thisController(admin: string): LeaseHolder {
  const { pid } = process;
  return {
    id: randomUUID(),
    host: thisHost(),
    pid,
    startTime: startTimeOf(pid) ?? "",
    admin,
  };
}

/** True when it was a process of this machine and has ended. Of another machine's nothing is known. */
export function hasEnded({ host, pid, startTime }: LeaseHolder): boolean {
  return host === thisHost() && !isAlive({ pid, startTime });
}

/** A pid means something in its own namespace only: two containers may have one host name. */
function thisHost(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}
