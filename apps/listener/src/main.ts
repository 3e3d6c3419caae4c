// What a listener's process is started with. SIGHUP has logs opened again, and ends a process that has no
// handler; loading everything takes a while. So a handler comes first: what is asked for so early is done anyway.

process.on("SIGHUP", () => {});

const { runListener } = await import("./run-listener.ts");
await runListener();
