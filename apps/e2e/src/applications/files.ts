// A folder of files ($FILES) as Express serves it, with ranges; a PUT writes one, and `?gzip` compresses one.

import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { createGzip } from "node:zlib";
import express, { type Express } from "express";

const folder = process.env["FILES"] ?? "";
const application: Express = express();

application.put("/:pool/:name", (request, response, next) => {
  pipeline(request, createWriteStream(join(folder, request.params.name)), (failure) => {
    if (failure) next(failure);
    else response.status(201).end();
  });
});
application.get("/:pool/:name", (request, response, next) => {
  if (request.query["gzip"] === undefined || !request.acceptsEncodings("gzip")) return next();
  response.set("content-encoding", "gzip");
  const file = createReadStream(join(folder, request.params.name));
  pipeline(file, createGzip(), response, () => {});
});
application.use("/:pool", express.static(folder));

export default application;
