// Where a value comes from that must not stand in the file.

import { record, text } from "./build.ts";

/** A reference to a secret. */
export const secret = record(
  "Where a secret's value comes from; the value itself never stands in the configuration.",
  {
    file: text("A file that holds the value, relative to the configuration file.", {}),
    env: text("A variable of Penstock's own environment that holds the value.", {
      pattern: "^[A-Za-z_]\\w*$",
      expects: "the name of a variable",
    }),
  },
  { exactlyOne: ["file", "env"] },
);
