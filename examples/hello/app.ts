// A Fastify application. Nothing in it knows of Penstock: default-export the instance.

import fastify from "fastify";

const app = fastify();
const worker = process.env["PENSTOCK_WORKER"] ?? "nobody";
let requests = 0;

app.get("/hello/", () => `Hello from worker ${worker} (request ${++requests} of this worker)\n`);

app.get<{ Params: { name: string } }>("/hello/:name", (request) => ({
  hello: request.params.name,
  worker,
}));

export default app;
