// What every refusal of Penstock has in common (docs: RFC 9457, RFC 9209), checked in one place.

import assert from "node:assert/strict";

/** The fields of a refusal's body that differ from one to the next. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly reason: string;
  readonly pool?: string;
  readonly retryAfter?: number;
}

/** Checks that an answer is the refusal for this reason, in body and in header fields; returns its body. */
export async function assertRefusal(
  answer: Response,
  { status, reason, waits }: { status: number; reason: string; waits: boolean },
): Promise<Problem> {
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  const field = (name: string) => answer.headers.get(name);
  assert.equal(field("content-type"), "application/problem+json");
  assert.equal(field("cache-control"), "no-store");
  assert.equal(Number(field("content-length")), Buffer.byteLength(text));
  const proxyStatus = /^penstock; error=(?<error>[a-z_]+); details="(?<details>[^"]+)"$/;
  const told = proxyStatus.exec(field("proxy-status") ?? "")?.groups;
  assert.equal(told?.["details"], reason);
  const requestId = field("x-request-id");
  assert.match(requestId ?? "", /^[\w-]+$/);
  const retryAfter = field("retry-after");
  if (waits) assert.match(retryAfter ?? "none", /^[1-9]\d*$/);
  else assert.equal(retryAfter, null);
  const body = JSON.parse(text) as Problem & { type: string; instance: string };
  assert.equal(body.status, status);
  assert.equal(body.reason, reason);
  assert.equal(body.type, `urn:penstock:reason:${reason}`);
  assert.equal(body.instance, `urn:penstock:request:${requestId}`);
  assert.equal(body.retryAfter, waits ? Number(retryAfter) : undefined);
  return body;
}
