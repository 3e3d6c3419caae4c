// What a user writes to run one of the applications without Penstock: import it, listen. Plain JavaScript
// like the applications. `node listen.mjs <application> <port> [<address>]`.

const [application, port, host = "127.0.0.1"] = process.argv.slice(2);
const { default: app } = await import(application);

if (typeof app === "function") {
  const { createServer } = await import("node:http");
  createServer(app).listen(Number(port), host);
} else {
  await app.listen({ port: Number(port), host });
}

// An exit in order, or Node would not write its compile cache.
process.once("SIGTERM", () => process.exit());
