// HTTP at both ends of a request's way: clients at the listener, applications at the worker.

export * from "./listener/index.ts";
