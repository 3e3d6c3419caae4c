// The application that both measurements run: one route, 17 bytes of JSON. Plain JavaScript, so that nobody
// pays for the stripping of types. Nothing in it knows who hosts it.

import fastify from "fastify";

const app = fastify();

app.get("/", () => ({ hello: "world" }));

export default app;
