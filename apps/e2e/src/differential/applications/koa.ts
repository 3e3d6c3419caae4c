// What people write with Koa: a body of each kind, errors thrown at it, fields and cookies.

import Koa, { type Context } from "koa";
import { Readable } from "node:stream";

const routes: Readonly<Record<string, (context: Context) => Promise<void> | void>> = {
  "/text": (context) => void (context.body = "text"),
  "/json": (context) => void (context.body = { a: [1, "two", null] }),
  "/buffer": (context) => void (context.body = Buffer.from([0, 1, 255])),
  "/empty": (context) => void (context.body = null),
  "/status": (context) => void (context.status = 418),
  "/redirect": (context) => context.redirect("/text?a=b"),
  "/cookies": (context) => {
    context.cookies.set("a", "1");
    context.cookies.set("b", "two", { httpOnly: false });
    context.body = "cookies";
  },
  "/query": (context) => void (context.body = { query: context.query, path: context.path }),
  "/about": (context) => {
    const { secure, protocol, hostname, fresh, length } = context.request;
    context.body = { secure, protocol, hostname, fresh, length };
  },
  "/stream": (context) => {
    context.type = "text";
    context.body = Readable.from(["one,", "two,", "three"]);
  },
  "/etag": (context) => {
    context.status = 200;
    context.etag = "tag";
    if (context.fresh) context.status = 304;
    else context.body = "fresh";
  },
  "/upload": async (context) => {
    let bytes = 0;
    for await (const chunk of context.req) bytes += (chunk as Buffer).length;
    context.body = { bytes };
  },
  "/throw": (context) => context.throw(409, "thrown"),
  "/reject": async (context) => {
    await Promise.resolve();
    context.throw(422, "rejected");
  },
  "/fields": (context) => {
    context.set("X-One", "1");
    context.append("X-Two", "a");
    context.append("X-Two", "b");
    context.vary("Accept");
    context.body = "fields";
  },
};

const application = new Koa();
// What is thrown is part of the answer, not of the log.
application.silent = true;
application.use(async (context) => {
  await routes[context.path]?.(context);
});

export default application;
