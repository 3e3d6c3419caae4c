// What people write with Express: routes, parsers, conditional and partial answers, errors.

import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const own = fileURLToPath(import.meta.url);
const application: Express = express();

application.get("/text", (_request, response) => void response.send("text"));
application.get("/json", (_request, response) => void response.json({ a: [1, "two", null] }));
application.get("/buffer", (_request, response) => void response.send(Buffer.from([0, 1, 255])));
application.get("/empty", (_request, response) => void response.status(204).end());
application.get("/status", (_request, response) => void response.sendStatus(418));
application.get("/redirect", (_request, response) => response.redirect(302, "/text?a=b"));
application.get("/back", (_request, response) => response.redirect(303, "../elsewhere"));
application.get("/cookies", (_request, response) => {
  response.cookie("a", "1", { httpOnly: true }).cookie("b", "two words").clearCookie("c");
  response.send("cookies");
});
application.get("/parameters/:name", (request, response) => {
  response.json({ name: request.params["name"], query: request.query, path: request.path });
});
application.get("/about", (request, response) => {
  const { secure, protocol, hostname, subdomains } = request;
  response.json({ secure, protocol, hostname, subdomains, xhr: request.xhr });
});
application.get("/file", (_request, response) => {
  response.sendFile(own, { lastModified: false, cacheControl: false });
});
application.get("/stream", (_request, response) => {
  Readable.from(["one,", "two,", "three"]).pipe(response.type("text"));
});
application.get(
  "/vary",
  (_request, response) => void response.vary("Accept").links({ next: "/2" }).send("vary"),
);
application.get("/negotiate", (_request, response) => {
  response.format({ text: () => response.send("text"), json: () => response.json("json") });
});
application.post(
  "/body-json",
  express.json(),
  (request, response) => void response.json(request.body),
);
application.post("/body-form", express.urlencoded(), (request, response) => {
  response.json(request.body);
});
application.post("/body-small", express.text({ limit: 10 }), (request, response) => {
  response.send(String(request.body));
});
application.get("/throw", () => {
  throw Object.assign(new Error("thrown"), { status: 409 });
});
application.get("/reject", async () => {
  throw Object.assign(new Error("rejected"), { status: 422 });
});
application.use(
  (
    error: Error & { status?: number },
    _request: Request,
    response: Response,
    _next: NextFunction,
  ) => {
    response.status(error.status ?? 500).json({ error: error.message });
  },
);

export default application;
