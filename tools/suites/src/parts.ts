// The part of each suite that `npm test` runs: the files that do most with HTTP and take seconds.

const parts = {
  fastify: [
    "404s",
    "async-await",
    "content-length",
    "content-parser",
    "custom-parser-async",
    "fluent-schema",
    "http-methods/get",
    "http-methods/head",
    "http-methods/search",
    "reply-trailers",
    "reply-web-stream-locked",
    "route.1",
    "stream.1",
    "stream.2",
    "stream.3",
    "stream.4",
    "stream.5",
    "web-api",
  ],
  "reply-from": [
    "full-post-stream",
    "http-retry",
    "incomplete-request",
    "strip-connection-headers",
    "undici",
  ],
  "http-proxy": ["http-prefix-rewrite", "websocket-querystring"],
  multipart: ["multipart", "multipart-security"],
  compress: ["routes-compress"],
  static: ["dir-list"],
  middie: ["middleware", "security-absolute-form-bypass"],
  express: ["application", "enhance-request", "middleware"],
  websocket: ["base"],
} as const;

/** Files of each suite. */
export const partOfEach: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(parts).map(([suite, names]) => {
    const ending = suite === "http-proxy" ? "js" : "test.js";
    return [suite, names.map((name) => `test/${name}.${ending}`)];
  }),
);
