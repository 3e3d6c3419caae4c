// Chunked bodies (RFC 9112 §7.1). The header of such a request is well-formed and comes with its broken body in
// one packet: nobody may get any of it.

import { chunked, get, SMUGGLED, type RawRequest } from "./raw-request.ts";

const LAST = "0\r\n\r\n";

const broken: readonly (readonly [name: string, body: string])[] = [
  ["a size in words", `five\r\nhello\r\n${LAST}`],
  ["a size with 0x", `0x5\r\nhello\r\n${LAST}`],
  ["a size with a plus", `+5\r\nhello\r\n${LAST}`],
  ["a negative size", `-5\r\nhello\r\n${LAST}`],
  ["an empty size", `\r\nhello\r\n${LAST}`],
  ["a space before the size", ` 5\r\nhello\r\n${LAST}`],
  ["a space behind the size", `5 \r\nhello\r\n${LAST}`],
  ["a size beyond 64 bits", `10000000000000005\r\nhello\r\n${LAST}`],
  ["a bare LF behind the size", `5\nhello\r\n${LAST}`],
  ["a bare CR behind the size", `5\rhello\r\n${LAST}`],
  ["a bare LF behind the data", `5\r\nhello\n${LAST}`],
  ["nothing behind the data", `5\r\nhello${LAST}`],
  ["more data than its size", `5\r\nhello!\r\n${LAST}`],
  ["a bare LF in an extension", `5;a\nhello\r\n${LAST}`],
  ["a bare CR in an extension", `5;a\rb\r\nhello\r\n${LAST}`],
  ["a bare LF behind the last chunk", "0\n\n"],
  ["Content-Length as a trailer", "0\r\nContent-Length: 5\r\n\r\n"],
  ["Transfer-Encoding as a trailer", "0\r\nTransfer-Encoding: chunked\r\n\r\n"],
];

/** The corpus of chunked bodies. */
export const chunks: readonly RawRequest[] = [
  ...broken.map(([name, body]): RawRequest => ({
    name: `chunked: ${name}`,
    section: "RFC 9112 §7.1",
    text: chunked(body + SMUGGLED),
    served: [],
    refused: "BadRequest",
  })),
  {
    name: "chunked: extensions without end",
    section: "RFC 9112 §7.1.1",
    text: chunked(`5;${"a".repeat(20_000)}\r\nhello\r\n${LAST}`),
    served: [],
    refused: "EntityTooLarge",
  },
  {
    name: "chunked: trailers without end",
    section: "RFC 9110 §5.4",
    text: chunked(`0\r\nX-Long: ${"a".repeat(20_000)}\r\n\r\n`),
    served: [],
    refused: "FieldLength",
  },
  {
    name: "chunked: a folded trailer",
    section: "RFC 9112 §5.2",
    text: chunked("0\r\nX-Fold: a\r\n b\r\n\r\n"),
    served: [],
    refused: "Header",
  },
  {
    name: "chunked: extensions and leading zeros mean nothing",
    section: "RFC 9112 §7.1.1",
    text: chunked(`005;a;b=c;d="e f"\r\nhello\r\n000\r\n\r\n`) + get("/shop/next"),
    served: ["/shop/post", "/shop/next"],
  },
  {
    name: "chunked: trailers that frame, route or authenticate are not passed on",
    section: "RFC 9110 §6.5.1",
    text: chunked("5\r\nhello\r\n0\r\nHost: evil.test\r\nX-Sum: 1\r\nTrailer: a\r\nTE: a\r\n\r\n"),
    served: ["/shop/post"],
    seen: ["body=hello", "trailers=X-Sum,1"],
  },
];
