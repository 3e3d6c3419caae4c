// Ports for slots: below those that tests take at random (libs/testing) and that the system gives away, so
// that no server of another test sits in a slot for the length of a run.

import { randomInt } from "node:crypto";
import { isTaken } from "@penstock/testing";

const LOWEST = 6698;
const BEYOND = 10_080;

/** Different ports that nobody listens on, one after the other from a random one on. */
export async function slotPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let port = randomInt(LOWEST, BEYOND); ports.length < count; port++) {
    const candidate = LOWEST + ((port - LOWEST) % (BEYOND - LOWEST));
    if (!(await isTaken(candidate))) ports.push(candidate);
  }
  return ports;
}
