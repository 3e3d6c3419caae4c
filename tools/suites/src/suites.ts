// The suites: npm packages that ship their tests. `tests` are the files that the package's own test script
// runs, `needs` the packages that its tests use besides its own dependencies.

/** A package's own tests. */
export interface Suite {
  readonly name: string;
  readonly package: string;
  readonly tests: readonly string[];
  readonly needs: readonly string[];
  /** Names under which a test asks for a package of another name. */
  readonly aliases?: Readonly<Record<string, string>>;
}

const CJS = ["test/**/*.test.js"];

/** All suites, the largest first. */
export const suites: readonly Suite[] = [
  {
    name: "fastify",
    package: "fastify",
    // error-serializer.test.js lints what the package's build generates.
    tests: [
      "test/*.test.{js,mjs}",
      "test/!(build)/**/*.test.{js,mjs}",
      "test/build/version.test.js",
    ],
    needs: [
      "ajv",
      "ajv-errors",
      "ajv-formats",
      "ajv-i18n",
      "ajv-merge-patch",
      "fast-json-body",
      "fastify-plugin",
      "fluent-json-schema",
      "h2url",
      "http-errors",
      "joi",
      "node-forge",
      "proxyquire",
      "split2",
      "typebox",
      "undici",
      "vary",
      "yup",
    ],
    aliases: { JSONStream: "jsonstream" },
  },
  {
    name: "reply-from",
    package: "@fastify/reply-from",
    tests: CJS,
    needs: [
      "@fastify/formbody",
      "@fastify/multipart",
      "@sinonjs/fake-timers",
      "fastify",
      "form-data",
      "h2url",
      "nock",
      "proxy",
      "proxyquire",
      "split2",
    ],
  },
  {
    name: "http-proxy",
    package: "@fastify/http-proxy",
    tests: ["test/*.js"],
    needs: [
      "@fastify/websocket",
      "fastify",
      "http-errors",
      "pino",
      "pino-test",
      "socket.io",
      "socket.io-client",
    ],
  },
  {
    name: "multipart",
    package: "@fastify/multipart",
    tests: CJS,
    needs: [
      "@fastify/swagger",
      "concat-stream",
      "fastify",
      "form-data",
      "h2url",
      "noop-stream",
      "pump",
      "readable-stream",
    ],
  },
  {
    name: "compress",
    package: "@fastify/compress",
    tests: CJS,
    needs: ["adm-zip", "fastify", "jsonstream"],
  },
  {
    name: "static",
    package: "@fastify/static",
    tests: CJS,
    needs: ["@fastify/compress", "concat-stream", "fastify", "pino", "proxyquire"],
  },
  {
    name: "middie",
    package: "@fastify/middie",
    tests: CJS,
    needs: ["cors", "fastify", "helmet", "serve-static"],
  },
  {
    name: "express",
    package: "@fastify/express",
    tests: CJS,
    needs: [
      "@fastify/formbody",
      "body-parser",
      "cors",
      "fastify",
      "helmet",
      "passport",
      "passport-http-bearer",
    ],
  },
  {
    name: "websocket",
    package: "@fastify/websocket",
    tests: CJS,
    needs: ["fastify", "split2"],
  },
];
