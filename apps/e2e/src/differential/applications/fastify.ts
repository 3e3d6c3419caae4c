// What people write with Fastify: schemas, hooks, streams, errors.

import fastify from "fastify";
import { Readable } from "node:stream";

const application = fastify({ bodyLimit: 1024, return503OnClosing: false });

application.get("/text", async () => "text");
application.get("/json", async () => ({ a: [1, "two", null] }));
application.get("/buffer", async (_request, reply) => reply.send(Buffer.from([0, 1, 255])));
application.get("/empty", async (_request, reply) => reply.code(204).send());
application.get("/status", async (_request, reply) => reply.code(418).send("teapot"));
application.get("/redirect", async (_request, reply) => reply.redirect("/text?a=b"));
application.get("/parameters/:name", async ({ params, query }) => ({ params, query }));
application.get("/about", async ({ host, hostname, port, protocol, url, method }) => ({
  host,
  hostname,
  port,
  protocol,
  url,
  method,
}));
application.get("/stream", async (_request, reply) => {
  reply.type("text/plain");
  return reply.send(Readable.from(["one,", "two,", "three"]));
});
application.get("/fields", async (_request, reply) => {
  reply.header("X-One", "1").header("Set-Cookie", "a=1").header("Set-Cookie", "b=2");
  return "fields";
});
application.get("/trailers", async (_request, reply) => {
  reply.trailer("x-sum", async () => "42");
  return "with a trailer";
});
application.get("/raw", (_request, reply) => {
  reply.hijack();
  reply.raw.writeHead(202, "By Hand", { "X-Raw": "yes" });
  reply.raw.end("raw");
});
application.post("/body", async ({ body }) => ({ body }));
application.post(
  "/schema",
  { schema: { body: { type: "object", required: ["n"], properties: { n: { type: "integer" } } } } },
  async ({ body }) => ({ body }),
);
application.get("/throw", () => {
  throw Object.assign(new Error("thrown"), { statusCode: 409 });
});
application.get("/reject", async () => {
  throw Object.assign(new Error("rejected"), { statusCode: 422 });
});
application.get("/unserialisable", async (_request, reply) => reply.send({ n: 1n }));

export default application;
