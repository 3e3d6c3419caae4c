// The HTTPERR log: what Penstock refused and what it closed, as HTTP.sys writes it. The reason is never empty.

import type { LoggedRequest } from "./logged-request.ts";
import { w3cField, w3cTime } from "./w3c-field.ts";

/** Longest method that is written, HTTP.sys's. */
const VERB_MAX = 255;

/** What the file begins with. */
export const httpErrorHeading = `#Software: Penstock
#Version: 1.0
#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename
`;

/** The line of a request that was refused, or a connection that was closed, with its line end. */
export function httpErrorLine(request: LoggedRequest): string {
  const fields = [
    w3cField(request.clientAddress),
    w3cField(request.clientPort),
    w3cField(request.serverAddress),
    w3cField(request.serverPort),
    w3cField(request.version),
    w3cField(request.method, VERB_MAX),
    w3cField(request.target),
    w3cField(request.status || ""),
    w3cField(request.group),
    w3cField(request.reason),
    w3cField(request.pool),
  ];
  return `${w3cTime(request.time)} ${fields.join(" ")}\n`;
}
