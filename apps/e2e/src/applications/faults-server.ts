// The same as an http.Server, whose listener for upgrades throws.

import { createServer } from "node:http";
import faults, { fault } from "./faults.ts";

export default createServer((request, response) => void faults(request, response)).on(
  "upgrade",
  fault,
);
