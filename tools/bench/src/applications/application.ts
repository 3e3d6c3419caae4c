// Which applications there are and where their files stand. They are run as modules of other processes and
// never imported here.

import { fileURLToPath } from "node:url";

/** An application that is measured. */
export type ApplicationName = "fastify" | "handler" | "streams";

/** What every application answers to `GET /`. */
export const expectedBody = '{"hello":"world"}';

const files: Readonly<Record<ApplicationName, URL>> = {
  fastify: new URL("./fastify-app.mjs", import.meta.url),
  handler: new URL("./handler-app.mjs", import.meta.url),
  streams: new URL("./streams-app.mjs", import.meta.url),
};
/** The script that serves one of them on its own. */
export const listenFile = fileURLToPath(new URL("./listen.mjs", import.meta.url));

/** The file of an application. */
export function applicationFile(name: ApplicationName): string {
  return fileURLToPath(files[name]);
}

/** The arguments with which Node runs an application on its own. */
export function listenArguments(name: ApplicationName, port: number): string[] {
  return [listenFile, files[name].href, String(port)];
}
