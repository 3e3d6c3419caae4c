// How the container of a worker is made. IIS has no word for any of this; the words are those of Docker
// and Compose. What is not written is as tight as it can be.

import { choice, count, list, record, text, toggle } from "./build.ts";
import { secret } from "./secret.ts";

/** What the name of an image looks like. */
export const imageName = {
  pattern: "^[^\\s/][^\\s]*$",
  expects: "the name of an image such as ghcr.io/acme/shop:1.4.2",
};

const absolutePath = { pattern: "^/.", expects: "an absolute path in the container" };

/** The key `container`. */
export const container = record(
  "How the container of a worker is made. Only the docker runtime looks at it.",
  {
    image: text(
      "For `module` and `command`: an image that was made from Penstock's worker image and holds the application. Default: Penstock's worker image, which sees `directory` and the folders `node_modules` above it, read-only.",
      imageName,
    ),
    user: text("Who it runs as: `uid`, `uid:gid` or a name. Default: as the image says.", {
      pattern: "^[\\w.-]+(:[\\w.-]+)?$",
      expects: "a user such as 1000:1000",
    }),
    capabilities: list(
      "Capabilities that it keeps; without them it has none. Images that start as root and change to another user need `SETUID`, `SETGID` and often `CHOWN`.",
      text("A capability, without `CAP_`.", {
        pattern: "^(?!CAP_)[A-Z][A-Z_]+$",
        expects: "a capability without CAP_, such as CHOWN",
      }),
      { default: [] },
    ),
    readOnlyRoot: toggle("Whether its files cannot be changed; `/tmp` can be written anyway.", {
      default: true,
    }),
    tmpfs: list(
      "Folders besides `/tmp` that it may write to; they lie in memory and end with it.",
      text("An absolute path.", absolutePath),
      { default: [] },
    ),
    volumes: list(
      "What it sees of the host, as in Compose: `SOURCE:TARGET` or `SOURCE:TARGET:ro`. The source is the name of a volume, or a path of the engine's host that begins with `/`, `./` or `../`.",
      text("A volume.", {
        pattern: "^[^:]+:/[^:]*(:(ro|rw))?$",
        expects: "SOURCE:/TARGET or SOURCE:/TARGET:ro",
      }),
      { default: [] },
    ),
    networks: list(
      "Networks that it joins besides the one on which workers reach the broker, which leads nowhere else.",
      text("The name of a network.", {}),
      { default: [] },
    ),
    pullPolicy: choice(
      "When the image is fetched: where it is `missing`, `always` before a worker starts, or `never`.",
      ["missing", "always", "never"],
      { default: "missing" },
    ),
    registry: record(
      "Who Penstock is at the registry that has the image.",
      { username: text("The user.", {}), password: secret },
      { required: ["username", "password"] },
    ),
    processes: count("Processes and threads that it may have.", {
      default: 512,
      minimum: 8,
      maximum: 4_194_304,
    }),
  },
);
