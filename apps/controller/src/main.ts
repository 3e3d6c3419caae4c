// What a controller's process is started with. SIGHUP has the configuration read again, and ends a process that has no
// handler; loading everything takes a while. So a handler comes first: what is asked for so early is done anyway.

process.on("SIGHUP", () => {});

const { runController } = await import("./run-controller.ts");
await runController();
