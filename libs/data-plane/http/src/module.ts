// The door for workers that host a module: loads nothing of the listener's side, nor a HTTP client.

export { hostModule, type ModuleHost } from "./application/host-module.ts";
export { loadModule } from "./application/load-module.ts";
