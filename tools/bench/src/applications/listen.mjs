// What a user writes to run one of the applications without Penstock: import it, listen. Plain JavaScript
// like the applications. `node listen.mjs <application> <port>`.

const [application, port] = process.argv.slice(2);
const { default: app } = await import(application);

if (typeof app === "function") {
  const { createServer } = await import("node:http");
  createServer(app).listen(Number(port), "127.0.0.1");
} else {
  await app.listen({ port: Number(port), host: "127.0.0.1" });
}

// An exit in order, or Node would not write its compile cache.
process.once("SIGTERM", () => process.exit());
