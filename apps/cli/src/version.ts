// The version of this Penstock, from the package that it ships in.

import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** `0.1.0` */
export const { version } = manifest;
