// Request lines, field lines and Hosts (RFC 9112 §2, §3, §5; RFC 9110 §5.5, §7.2).

import type { ReasonPhrase } from "@penstock/domain";
import { chunked, get, message, SMUGGLED, type RawRequest } from "./raw-request.ts";

type Refused = readonly [name: string, section: string, reason: ReasonPhrase, text: string];

const HOST = ["Host: shop.test"];
const line = (requestLine: string): string => message(requestLine);
const fields = (...lines: readonly string[]): string =>
  message("GET /shop/get HTTP/1.1", [...HOST, ...lines]);

const refused: readonly Refused[] = [
  ["a method in lower case", "RFC 9110 §9.1", "Verb", line("get /shop/get HTTP/1.1")],
  ["an unknown method", "RFC 9110 §9.1", "Verb", line("BREW /shop/get HTTP/1.1")],
  ["a method of RTSP", "RFC 9112 §2.3", "Verb", line("DESCRIBE /shop/get RTSP/1.0")],
  ["white space before the method", "RFC 9112 §2.2", "Verb", ` ${line("GET /shop/get HTTP/1.1")}`],
  ["a tab as separator", "RFC 9112 §3", "Verb", line("GET\t/shop/get\tHTTP/1.1")],
  ["no version", "RFC 9112 §2.3", "Version_N/S", "GET /shop/get\r\n\r\n"],
  ["HTTP/0.9", "RFC 9112 §2.3", "Version_N/S", line("GET /shop/get HTTP/0.9")],
  ["HTTP/1.2", "RFC 9112 §2.3", "Version_N/S", line("GET /shop/get HTTP/1.2")],
  ["HTTP/2.0 in the syntax of HTTP/1", "RFC 9112 §2.3", "Version_N/S", line("GET /shop/get HTTP/2.0")],
  ["the preface of HTTP/2", "RFC 9113 §3.4", "Version_N/S", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["two digits of version", "RFC 9112 §2.3", "BadRequest", line("GET /shop/get HTTP/1.10")],
  ["a version in lower case", "RFC 9112 §2.3", "BadRequest", line("GET /shop/get http/1.1")],
  ["a space behind the version", "RFC 9112 §3", "BadRequest", line("GET /shop/get HTTP/1.1 ")],
  ["a bare LF behind the request line", "RFC 9112 §2.2", "BadRequest", "GET /shop/get HTTP/1.1\nHost: shop.test\n\n"],
  ["a NUL in the target", "RFC 9112 §3.2", "URL", line("GET /shop/\0 HTTP/1.1")],
  ["a bare byte in the target", "RFC 9112 §3.2", "URL", line("GET /shop/\xe9 HTTP/1.1")],
  ["authority-form with GET", "RFC 9112 §3.2.3", "URL", line("GET shop.test:80 HTTP/1.1")],
  ["a target that is too long", "RFC 9110 §15.5.15", "URL_Length", line(`GET /shop/${"a/".repeat(9000)} HTTP/1.1`)],
  ["a segment that is too long", "RFC 9110 §15.5.15", "URL_Length", line(`GET /shop/${"a".repeat(300)} HTTP/1.1`)],
  ["a bare LF behind a field", "RFC 9112 §2.2", "BadRequest", "GET /shop/get HTTP/1.1\r\nHost: shop.test\nX: a\r\n\r\n"],
  ["a bare LF as the end", "RFC 9112 §2.2", "Header", "GET /shop/get HTTP/1.1\r\nHost: shop.test\r\n\n"],
  ["a bare CR in a value", "RFC 9112 §2.2", "BadRequest", fields("X: a\rTransfer-Encoding: chunked")],
  ["a bare CR as the end", "RFC 9112 §2.2", "BadRequest", `GET /shop/get HTTP/1.1\r\nHost: shop.test\r\n\r${SMUGGLED}`],
  ["two CRs", "RFC 9112 §2.2", "BadRequest", "GET /shop/get HTTP/1.1\r\nHost: shop.test\r\r\n\r\n"],
  ["a folded value", "RFC 9112 §5.2", "Header", fields("X: a\r\n b")],
  ["a folded first field", "RFC 9112 §2.2", "Header", message("GET /shop/get HTTP/1.1", [" Host: shop.test"])],
  ["a space before the colon", "RFC 9112 §5.1", "Header", fields("X : a")],
  ["no name", "RFC 9112 §5", "Header", fields(": a")],
  ["no colon", "RFC 9112 §5", "Header", fields("X")],
  ["a name that is no token", "RFC 9110 §5.1", "Header", fields("X(: a")],
  ["a name with a bare byte", "RFC 9110 §5.1", "Header", fields("X\xe9: a")],
  ["a NUL in a value", "RFC 9110 §5.5", "Header", fields("X: a\0b")],
  ["a control character in a value", "RFC 9110 §5.5", "Header", fields("X: a\x01b")],
  ["DEL in a value", "RFC 9110 §5.5", "Header", fields("X: a\x7fb")],
  ["a field that is too long", "RFC 6585 §5", "FieldLength", fields(`X: ${"a".repeat(17_000)}`)],
  ["too many fields", "RFC 6585 §5", "FieldLength", fields(...Array<string>(1000).fill("X: a"))],
  ["a second Host behind 2000 fields", "RFC 9112 §3.2", "FieldLength", fields(...Array<string>(2000).fill("a:"), "Host: evil.test")],
  ["two Hosts", "RFC 9112 §3.2", "BadRequest", fields("Host: evil.test")],
  ["two equal Hosts", "RFC 9112 §3.2", "BadRequest", fields("host: shop.test")],
  ["an upgrade of TLS on a plain port", "RFC 9110 §9.1", "Verb", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
]; // prettier-ignore

/** The corpus of lines. */
export const lines: readonly RawRequest[] = [
  ...refused.map(([name, section, reason, text]): RawRequest => ({
    name,
    section,
    text: text + SMUGGLED,
    served: [],
    refused: reason,
  })),
  {
    name: "empty lines before a request",
    section: "RFC 9112 §2.2",
    text: `\r\n\r\n${get("/shop/get")}`,
    served: ["/shop/get"],
  },
  {
    name: "several spaces in the request line",
    section: "RFC 9112 §3",
    text: line("GET   /shop/get   HTTP/1.1"),
    served: ["/shop/get"],
  },
  {
    name: "absolute-form overrules Host, and is passed on in origin-form",
    section: "RFC 9112 §3.2.2",
    text: message("GET http://other.test/shop/get?a HTTP/1.1"),
    served: ["/shop/get?a"],
    seen: ["Host=other.test", "X-Forwarded-Host=other.test"],
  },
  {
    name: "a request, and behind it one that is broken",
    section: "RFC 9112 §9.3.2",
    text: `${get("/shop/1")}${get("/shop/2")}${get("/shop/3", "X : a")}${SMUGGLED}`,
    served: ["/shop/1", "/shop/2"],
    refused: "Header",
  },
  {
    name: "a request, and behind it one whose body is broken",
    section: "RFC 9112 §9.3.2",
    text: `${get("/shop/1")}${chunked("zz\r\n")}${SMUGGLED}`,
    served: ["/shop/1"],
    refused: "BadRequest",
  },
  {
    name: "a request, and bytes behind it that belong to none",
    section: "RFC 9112 §2.2",
    text: `${get("/shop/1")}hello\r\n${SMUGGLED}`,
    served: ["/shop/1"],
    refused: "Verb",
  },
  {
    name: "an upgrade behind a request whose answer is due is ignored",
    section: "RFC 9110 §7.8",
    text: `${get("/shop/1")}${get("/shop/2", "Connection: Upgrade", "Upgrade: own/1")}`,
    served: ["/shop/1", "/shop/2"],
  },
  {
    name: "requests behind an upgrade that is ignored are not taken, also not in part",
    section: "RFC 9112 §11.2",
    text: `${get("/shop/1", "Connection: Upgrade", "Upgrade: h2c")}${get("/shop/2")}${SMUGGLED}`,
    served: ["/shop/1"],
  },
  {
    name: "CONNECT behind a request whose answer is due",
    section: "RFC 9110 §9.3.6",
    text: `${get("/shop/1")}${line("CONNECT shop.test:80 HTTP/1.1")}${SMUGGLED}`,
    served: ["/shop/1"],
    refused: "Verb",
  },
  {
    name: "ten requests at once",
    section: "RFC 9112 §9.3.2",
    text: Array.from({ length: 10 }, (_, i) => get(`/shop/${i}`)).join(""),
    served: Array.from({ length: 10 }, (_, i) => `/shop/${i}`),
  },
];
