// Applications in the worker: modules with genuine Node or fetch objects, commands and ports over
// loopback HTTP. Each is an ApplicationHost; nothing here knows where requests come from.

export { ApplicationError, type ApplicationErrorCode } from "./errors.ts";
export { hostPort, type PortHostOptions } from "./forwarding-host.ts";
export { hostModule, type ModuleHost, type ModuleHostOptions } from "./host-module.ts";
export { loadModule } from "./load-module.ts";
export { startCommand, type CommandOptions, type RunningCommand } from "./start-command.ts";
export type { CommandExit } from "./child-group.ts";
