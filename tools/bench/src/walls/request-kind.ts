// The two kinds of requests that are measured, and what every one of them is answered with. How often a
// listener asks the queue what it did with a request depends on whether that may be repeated.

/** GET may be repeated, POST may not. */
export type RequestKind = "GET" | "POST";

/** Both, in the order of the tables. */
export const requestKinds: readonly RequestKind[] = ["GET", "POST"];

/** The header fields of a request, name and value in turn: what a small client sends. */
const REQUEST_FIELDS = ["host", "example.com", "user-agent", "bench", "accept", "*/*"];

/** Size of an answer's body, bytes. */
const ANSWER_BYTES = 120;

/** The answer, whole, in one frame. */
export const answer = {
  status: 200,
  statusMessage: "OK",
  rawHeaders: ["content-type", "text/plain", "content-length", String(ANSWER_BYTES)],
  body: Buffer.alloc(ANSWER_BYTES, "a"),
} as const;

/** The head text of a request from `listener`. It has no body. */
export function headText(kind: RequestKind, listener: string): string {
  const fields = kind === "GET" ? REQUEST_FIELDS : [...REQUEST_FIELDS, "content-length", "0"];
  return [listener, kind, "/", "127.0.0.1", "1234", "127.0.0.1", "80", ...fields].join("\n");
}
