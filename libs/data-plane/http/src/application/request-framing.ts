// How a request is framed on the way to its application. Its fields keep their order and case; what frames it is
// written anew, at the place at which its client said so, from what is known of the body:
//
//   the client said             the body is here      the body follows
//   Transfer-Encoding           chunked               chunked
//   Content-Length              its length            the length that was declared, and not a byte more or less
//   nothing                     its length, if any    chunked
//
// A request without a Host (of HTTP/1.0, or of none) gets an empty one (RFC 9112 §3.2): this hop is HTTP/1.1.
// Of anything said twice the first counts, and Transfer-Encoding before Content-Length (RFC 9112 §6.3).

import type { WorkerExchange } from "@penstock/request-queue";
import { isHopByHop, nominatedFields, withoutFields } from "./hop-by-hop.ts";

/** A request's fields, and how many bytes its body has. */
export interface FramedRequest {
  /** name, value, … */
  readonly fields: readonly string[];
  /** -1: as many as come, in chunks. */
  readonly length: number;
}

/** What a client may not have removed by naming it in Connection: the message would change its meaning. */
const PROTECTED = ["host", "content-length", "transfer-encoding"] as const;

/** Frames the request of an exchange. An upgrade has no body, and keeps the fields that ask for it. Throws on nonsense. */
export function frameRequest(exchange: WorkerExchange): FramedRequest {
  const { head, upgrade, bodyComplete, firstBody } = exchange;
  if (upgrade) return { fields: head.rawHeaders, length: 0 };
  const { rawHeaders } = head;
  const here = bodyComplete ? (firstBody?.length ?? 0) : undefined;
  let fields: string[] = [];
  let nominated: Set<string> | undefined;
  let declaredAt = -1;
  let chunkedAt = -1;
  let hosted = false;
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n] as string;
    const value = rawHeaders[n + 1] as string;
    if (isHopByHop(name)) {
      const lower = name.toLowerCase();
      if (lower === "connection") nominated = nominatedFields(value) ?? nominated;
      if (lower !== "transfer-encoding" || chunkedAt >= 0) continue;
      chunkedAt = fields.length;
      fields.push(name, "chunked");
    } else if (name.length === 14 && name.toLowerCase() === "content-length") {
      if (declaredAt >= 0) continue;
      declaredAt = fields.length;
      fields.push(name, here === undefined ? value : String(here));
    } else {
      hosted ||= name.length === 4 && name.toLowerCase() === "host";
      fields.push(name, value);
    }
  }
  let length = -1;
  if (chunkedAt >= 0) {
    if (declaredAt >= 0) fields.splice(declaredAt, 2);
  } else if (declaredAt >= 0) {
    length = here ?? declaredLength(fields[declaredAt + 1] as string);
  } else if (here === undefined) {
    fields.push("Transfer-Encoding", "chunked");
  } else {
    length = here;
    if (here > 0) fields.push("Content-Length", String(here));
  }
  if (nominated) {
    for (const name of PROTECTED) nominated.delete(name);
    fields = withoutFields(fields, nominated);
  }
  if (!hosted) fields.unshift("Host", "");
  return { fields, length };
}

function declaredLength(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new Error(`the length "${value}" of a request is no number`);
  return Number(value);
}
