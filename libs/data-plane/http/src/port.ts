// The door for workers whose application listens on a port of its own accord: a container that shares
// their network.

export { awaitPort, type PortOptions } from "./application/await-port.ts";
export { hostPort, type PortHostOptions } from "./application/forwarding-host.ts";
