// The access log: one line for each request that has ended, as JSON or in W3C's extended format. No query and no
// header but Host and User-Agent: they may hold secrets.

import { pathOf, type LoggedRequest } from "./logged-request.ts";
import { w3cField, w3cTime } from "./w3c-field.ts";

/** How it is written. */
export type AccessFormat = "json" | "w3c";

const W3C_HEADING = `#Software: Penstock
#Version: 1.0
#Fields: date time s-sitename s-ip cs-method cs-uri-stem s-port c-ip cs-version cs(User-Agent) cs-host sc-status sc-bytes cs-bytes time-taken x-pool x-worker x-request-id x-reason
`;

/** What a file of the format begins with. */
export const accessHeading = (format: AccessFormat): string =>
  format === "w3c" ? W3C_HEADING : "";

/** The line of a request, with its line end. */
export function accessLine(format: AccessFormat, request: LoggedRequest): string {
  return format === "w3c" ? w3cLine(request) : jsonLine(request);
}

function jsonLine(request: LoggedRequest): string {
  return `${JSON.stringify({
    time: request.time.toISOString(),
    kind: "access",
    req: request.requestId,
    pool: request.pool,
    group: request.group,
    ...(request.worker && { worker: request.worker }),
    method: request.method,
    path: pathOf(request.target),
    host: request.host,
    status: request.status,
    ...(request.reason && { reason: request.reason }),
    bytes: request.sentBytes,
    received: request.receivedBytes,
    total_ms: Math.round(request.tookMs),
    client: request.clientAddress,
  })}\n`;
}

function w3cLine(request: LoggedRequest): string {
  const fields = [
    request.group,
    request.serverAddress,
    request.method,
    pathOf(request.target),
    request.serverPort,
    request.clientAddress,
    request.version,
    request.userAgent,
    request.host,
    request.status,
    request.sentBytes,
    request.receivedBytes,
    Math.round(request.tookMs),
    request.pool,
    request.worker,
    request.requestId,
    request.reason,
  ];
  return `${w3cTime(request.time)} ${fields.map((field) => w3cField(field)).join(" ")}\n`;
}
