// What clients do to applications written with a framework.

import { chunks, request, type ApplicationName, type Case, type RequestText } from "./case.ts";

type Asked = readonly [title: string, line: string, text?: RequestText];

const JSON_BODY = "Content-Type: application/json";
const TEXT_BODY = "Content-Type: text/plain";
const FORM_BODY = "Content-Type: application/x-www-form-urlencoded";

const common: readonly Asked[] = [
  ["text", "GET /text"],
  ["text by HEAD", "HEAD /text"],
  ["JSON", "GET /json"],
  ["bytes", "GET /buffer"],
  ["no content", "GET /empty"],
  ["a status", "GET /status"],
  ["a redirect", "GET /redirect"],
  ["the request's facts", "GET /about?a=b"],
  ["a stream", "GET /stream"],
  ["a stream by HEAD", "HEAD /stream"],
  ["an error thrown", "GET /throw"],
  ["a promise rejected", "GET /reject"],
  ["nothing there", "GET /nowhere"],
  ["a method that is not there", "POST /text"],
  ["OPTIONS", "OPTIONS /text"],
];

const own: Readonly<Record<Exclude<ApplicationName, "node">, readonly Asked[]>> = {
  express: [
    ["a relative redirect", "GET /back"],
    ["cookies", "GET /cookies"],
    ["parameters", "GET /parameters/a%20b?c=d&c=e"],
    ["a parameter that is no UTF-8", "GET /parameters/%ff"],
    ["a file", "GET /file"],
    ["a part of a file", "GET /file", { fields: ["Range: bytes=0-9"] }],
    ["parts of a file", "GET /file", { fields: ["Range: bytes=99999999-"] }],
    [
      "an entity tag that matches",
      "GET /text",
      { fields: ['If-None-Match: W/"4-Nyz1EIGWUSBL5+NY/5cRIVK3vDQ"'] },
    ],
    ["any entity tag", "GET /text", { fields: ["If-None-Match: *"] }],
    ["Vary and Link", "GET /vary"],
    ["negotiated JSON", "GET /negotiate", { fields: ["Accept: application/json"] }],
    ["negotiated in vain", "GET /negotiate", { fields: ["Accept: image/png"] }],
    ["a JSON body", "POST /body-json", { fields: [JSON_BODY], body: '{"a":[1]}' }],
    [
      "a JSON body in chunks",
      "POST /body-json",
      { fields: [JSON_BODY, "Transfer-Encoding: chunked"], body: chunks(['{"a"', ":1}"]) },
    ],
    ["a broken JSON body", "POST /body-json", { fields: [JSON_BODY], body: '{"a":' }],
    ["a form", "POST /body-form", { fields: [FORM_BODY], body: "a=1&b=two+words" }],
    [
      "a body that is too large",
      "POST /body-small",
      { fields: [TEXT_BODY], body: "far too much text" },
    ],
  ],
  koa: [
    ["cookies", "GET /cookies"],
    ["a query", "GET /query?c=d&c=e"],
    ["an entity tag that matches", "GET /etag", { fields: ['If-None-Match: "tag"'] }],
    ["an entity tag that does not", "GET /etag", { fields: ['If-None-Match: "other"'] }],
    ["an upload", "POST /upload", { body: "u".repeat(100_000) }],
    [
      "an upload in chunks",
      "POST /upload",
      { fields: ["Transfer-Encoding: chunked"], body: chunks(["u".repeat(70_000), "v"]) },
    ],
    ["fields", "GET /fields"],
  ],
  fastify: [
    ["parameters", "GET /parameters/a%20b?c=d&c=e"],
    ["a path that is no UTF-8", "GET /parameters/%ff"],
    ["fields", "GET /fields"],
    ["a trailer", "GET /trailers"],
    ["a hijacked reply", "GET /raw"],
    ["a JSON body", "POST /body", { fields: [JSON_BODY], body: '{"a":[1]}' }],
    ["a text body", "POST /body", { fields: [TEXT_BODY], body: "text" }],
    ["an empty JSON body", "POST /body", { fields: [JSON_BODY] }],
    ["a broken JSON body", "POST /body", { fields: [JSON_BODY], body: '{"a":' }],
    ["a body of no known type", "POST /body", { fields: ["Content-Type: image/png"], body: "png" }],
    ["a body that is too large", "POST /body", { fields: [TEXT_BODY], body: "t".repeat(2000) }],
    [
      "a body that is too large, in chunks",
      "POST /body",
      { fields: [TEXT_BODY, "Transfer-Encoding: chunked"], body: chunks(["t".repeat(2000)]) },
    ],
    ["a body that fits its schema", "POST /schema", { fields: [JSON_BODY], body: '{"n":"1"}' }],
    ["a body that does not", "POST /schema", { fields: [JSON_BODY], body: '{"n":"x"}' }],
    ["an answer that cannot be serialised", "GET /unserialisable"],
    ["a poisoned body", "POST /body", { fields: [JSON_BODY], body: '{"__proto__":{}}' }],
  ],
};

/** All cases of the frameworks' applications. */
export const frameworkCases: readonly Case[] = Object.entries(own).flatMap(([name, asked]) =>
  [...common, ...asked].map(([title, line, text]) => ({
    application: name as ApplicationName,
    title,
    steps: [request(line, text)],
  })),
);
