// Serves one of the test applications on $PORT: what a `command` pool runs. `node serve.ts echo`

import { createServer, type RequestListener } from "node:http";

const [, , name = ""] = process.argv;
const application = (await import(`./${name}.ts`)) as { default: RequestListener };

createServer(application.default).listen(Number(process.env["PORT"]), "127.0.0.1");
