// The door for workers that host a command: the child process and the HTTP client that talks to it.

export { startCommand, type RunningCommand } from "./application/start-command.ts";
