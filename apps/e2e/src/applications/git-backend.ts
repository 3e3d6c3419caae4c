// Git's own server, `git http-backend`, which speaks CGI (RFC 3875): each request is a process whose standard
// input is the body and whose standard output is the answer. $REPOSITORIES is the folder of repositories.

import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";

export default function gitBackend(request: IncomingMessage, response: ServerResponse): void {
  const child = spawn("git", ["http-backend"], { env: environmentOf(request) });
  pipeline(request, child.stdin, () => {});
  child.stderr.pipe(process.stderr);
  let head = Buffer.alloc(0);
  child.stdout.on("data", function readHead(chunk: Buffer) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    child.stdout.off("data", readHead);
    answer(response, head.toString("latin1", 0, end).split("\r\n"));
    response.write(head.subarray(end + 4));
    pipeline(child.stdout, response, () => {});
  });
  response.on("close", () => child.kill());
}

/** The answer's header, as the process wrote it. */
function answer(response: ServerResponse, lines: readonly string[]): void {
  for (const line of lines) {
    const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === "Status") response.statusCode = Number.parseInt(value, 10);
    else response.appendHeader(name, value);
  }
}

/** The request's meta-variables. The pool's name is the first part of the path. */
function environmentOf({ method, url = "", headers }: IncomingMessage): NodeJS.ProcessEnv {
  const { pathname, search } = new URL(url, "http://git");
  const fields = Object.entries(headers).map(([name, value]) => [
    `HTTP_${name.toUpperCase().replaceAll("-", "_")}`,
    String(value),
  ]);
  return {
    ...Object.fromEntries(fields),
    PATH: process.env["PATH"],
    GIT_PROJECT_ROOT: process.env["REPOSITORIES"],
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: pathname.replace(/^\/[^/]+/, ""),
    QUERY_STRING: search.slice(1),
    REQUEST_METHOD: method,
    CONTENT_TYPE: headers["content-type"],
    CONTENT_LENGTH: headers["content-length"],
    REMOTE_USER: "anybody",
  };
}
