// Serves one of the test applications on $PORT: what a `command` pool runs. `node serve.ts echo`

import { createServer, Server, type RequestListener } from "node:http";

const [, , name = ""] = process.argv;
const application = (await import(`./${name}.ts`)) as { default: RequestListener | Server };
const exported = application.default;

(exported instanceof Server ? exported : createServer(exported)).listen(
  Number(process.env["PORT"]),
  "127.0.0.1",
);
