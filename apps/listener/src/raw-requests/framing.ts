// Where a message ends: Content-Length, Transfer-Encoding, both, and neither (RFC 9112 §6).

import { chunked, get, message, post, SMUGGLED, type RawRequest } from "./raw-request.ts";

const EMPTY_CHUNKS = "0\r\n\r\n";
const POST = ["/shop/post"];

const refusedEncodings: readonly (readonly [name: string, section: string, lines: string[]])[] = [
  ["an unknown coding", "RFC 9112 §6.3", ["Transfer-Encoding: xchunked"]],
  ["identity", "RFC 9112 §6.3", ["Transfer-Encoding: identity"]],
  ["a quoted coding", "RFC 9112 §6.3", ['Transfer-Encoding: "chunked"']],
  ["chunked with a parameter", "RFC 9112 §7", ["Transfer-Encoding: chunked;a=b"]],
  ["chunked, then identity", "RFC 9112 §6.3", ["Transfer-Encoding: chunked, identity"]],
  ["chunked twice in a field", "RFC 9112 §6.1", ["Transfer-Encoding: chunked, chunked"]],
  ["chunked in two fields", "RFC 9112 §6.1", ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]],
  ["gzip, then chunked", "RFC 9112 §6.1", ["Transfer-Encoding: gzip, chunked"]],
  ["gzip and chunked in two fields", "RFC 9112 §6.1", ["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"]],
  ["chunked and gzip in two fields", "RFC 9112 §6.3", ["Transfer-Encoding: chunked", "Transfer-Encoding: gzip"]],
  ["an empty element before chunked", "RFC 9110 §5.6.1", ["Transfer-Encoding: ,chunked"]],
  ["an empty Transfer-Encoding", "RFC 9112 §6.1", ["Transfer-Encoding:"]],
]; // prettier-ignore

const malformedEncodings: readonly (readonly [name: string, section: string, lines: string[]])[] = [
  ["a space before the colon", "RFC 9112 §5.1", ["Transfer-Encoding : chunked"]],
  ["a tab before the colon", "RFC 9112 §5.1", ["Transfer-Encoding\t: chunked"]],
  ["a vertical tab before the value", "RFC 9110 §5.5", ["Transfer-Encoding: \x0bchunked"]],
  ["a folded line", "RFC 9112 §5.2", ["Transfer-Encoding:\r\n chunked"]],
  ["a NUL in the name", "RFC 9110 §5.1", ["Transfer-\0Encoding: chunked"]],
];

const refusedLengths: readonly (readonly [name: string, value: string])[] = [
  ["a plus", "+5"],
  ["a minus", "-1"],
  ["hexadecimal", "0x5"],
  ["a fraction", "5.0"],
  ["an empty value", ""],
  ["two words", "5 5"],
  ["a list of equals", "5, 5"],
  ["a list", "5,6"],
  ["more than 64 bits", "99999999999999999999"],
];

/** The corpus of framing. */
export const framing: readonly RawRequest[] = [
  ...refusedEncodings.map(([name, section, lines]): RawRequest => ({
    name: `Transfer-Encoding: ${name}`,
    section,
    text: post(lines, EMPTY_CHUNKS + SMUGGLED),
    served: [],
    refused: "BadRequest",
  })),
  ...malformedEncodings.map(([name, section, lines]): RawRequest => ({
    name: `Transfer-Encoding: ${name}`,
    section,
    text: post(lines, EMPTY_CHUNKS + SMUGGLED),
    served: [],
    refused: "Header",
  })),
  ...refusedLengths.map(([name, value]): RawRequest => ({
    name: `Content-Length: ${name}`,
    section: "RFC 9112 §6.3",
    text: post([`Content-Length: ${value}`], `hello${SMUGGLED}`),
    served: [],
    refused: "BadRequest",
  })),
  {
    name: "Content-Length beyond what a number holds exactly",
    section: "RFC 9110 §8.6",
    text: post(["Content-Length: 9007199254740993"], "hello"),
    served: [],
    refused: "EntityTooLarge",
  },
  {
    name: "Content-Length of 64 bits",
    section: "RFC 9110 §8.6",
    text: post(["Content-Length: 18446744073709551615"], "hello"),
    served: [],
    refused: "EntityTooLarge",
  },
  {
    name: "Content-Length twice, equal",
    section: "RFC 9112 §6.3",
    text: post(["Content-Length: 5", "Content-Length: 5"], `hello${SMUGGLED}`),
    served: [],
    refused: "BadRequest",
  },
  {
    name: "Content-Length twice, different",
    section: "RFC 9112 §6.3",
    text: post(["Content-Length: 5", "content-length: 6"], `hello${SMUGGLED}`),
    served: [],
    refused: "BadRequest",
  },
  {
    name: "Content-Length, then Transfer-Encoding",
    section: "RFC 9112 §6.1",
    text: post(["Content-Length: 6", "Transfer-Encoding: chunked"], `${EMPTY_CHUNKS}G${SMUGGLED}`),
    served: [],
    refused: "BadRequest",
  },
  {
    name: "Transfer-Encoding, then Content-Length",
    section: "RFC 9112 §6.1",
    text: post(["Transfer-Encoding: chunked", "Content-Length: 4"], `5c\r\n${SMUGGLED}`),
    served: [],
    refused: "BadRequest",
  },
  {
    name: "Transfer-Encoding from an HTTP/1.0 client",
    section: "RFC 9112 §6.1",
    text: message(
      "POST /shop/post HTTP/1.0",
      ["Host: shop.test", "Connection: keep-alive", "Transfer-Encoding: chunked"],
      EMPTY_CHUNKS + SMUGGLED,
    ),
    served: [],
    refused: "BadRequest",
  },
  {
    name: "leading zeros and white space around a length mean nothing",
    section: "RFC 9110 §8.6",
    text: post(["Content-Length:\t005 "], `hello${get("/shop/next")}`),
    served: ["/shop/post", "/shop/next"],
  },
  {
    name: "a tab before chunked, in any case of letters",
    section: "RFC 9112 §5.1",
    text: post(["transfer-encoding:\tChunKed "], `5\r\nhello\r\n${EMPTY_CHUNKS}`),
    served: POST,
    seen: ["body=hello"],
  },
  {
    name: "a body on GET",
    section: "RFC 9110 §9.3.1",
    text: `${get("/shop/get", `Content-Length: ${SMUGGLED.length}`)}${SMUGGLED}${get("/shop/next")}`,
    served: ["/shop/get", "/shop/next"],
  },
  {
    name: "no length is no body",
    section: "RFC 9112 §6.3",
    text: post([]) + get("/shop/next"),
    served: ["/shop/post", "/shop/next"],
  },
  {
    name: "no length from an HTTP/1.0 client",
    section: "RFC 1945 §8.3",
    text: message("POST /shop/post HTTP/1.0", ["Host: shop.test"], SMUGGLED),
    served: [],
    refused: "LengthRequired",
  },
  {
    name: "a chunked body that looks like a request",
    section: "RFC 9112 §7.1",
    text: chunked(`${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n${EMPTY_CHUNKS}`),
    served: POST,
    seen: [`body=${SMUGGLED}`],
  },
];
