// Serves one of the compared applications on $PORT, as its framework says: `node serve.ts express`.

import { createServer, type RequestListener } from "node:http";
import type fastifyApplication from "./applications/fastify.ts";
import type koaApplication from "./applications/koa.ts";

const [, , name = ""] = process.argv;
const port = Number(process.env["PORT"]);
const host = "127.0.0.1";
const { default: application } = (await import(`./applications/${name}.ts`)) as {
  default: unknown;
};
if (name === "fastify") await (application as typeof fastifyApplication).listen({ port, host });
else if (name === "koa") (application as typeof koaApplication).listen(port, host);
else createServer(application as RequestListener).listen(port, host);
