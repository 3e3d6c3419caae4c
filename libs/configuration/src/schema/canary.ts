// The key `canary` of a pool: a second version of its application and its share of the requests.

import { count, list, literal, record, text } from "./build.ts";
import { imageName } from "./container.ts";
import { workerPlaceholders } from "./worker-placeholders.ts";

const token = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

const sticky = record(
  "Keeps a client with one version. Not written: each request is drawn for itself. A value of `canary` or `stable` names the version, whatever the weight.",
  {
    header: text(
      "A request field that names the client, such as `X-User-Id`: the same value always goes to the same version. Requests without it are drawn.",
      { pattern: token, expects: "the name of a header field" },
    ),
    cookie: text(
      "A cookie that Penstock sets on the first answer of a client: the one field that it adds to an application's answer.",
      { pattern: token, expects: "the name of a cookie" },
    ),
  },
  { exactlyOne: ["header", "cookie"] },
);

/** The second version. */
export const canary = record(
  "A second version of the application, to try it with a share of the requests; `penstock pool promote` makes it the pool's, `penstock pool rollback` ends it. Of the same kind as the pool's own; all else is as the pool has it.",
  {
    module: text("The module of the second version.", {}),
    command: list(
      "The command of the second version.",
      literal("One word of the command.", workerPlaceholders),
      { minItems: 1 },
    ),
    image: text("The image of the second version; it serves on the pool's `port`.", imageName),
    weight: count(
      "Percent of the pool's requests that it gets. At 0 it gets those that name it (`sticky`), and no other.",
      { minimum: 0, maximum: 100 },
    ),
    sticky,
  },
  { required: ["weight"], exactlyOne: ["module", "command", "image"] },
);
