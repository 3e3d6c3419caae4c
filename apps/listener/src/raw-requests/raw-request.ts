// What a client may put on the wire, and what must become of it. The corpus beside this file is data; one
// test sends all of it to a real listener.

import type { ReasonPhrase } from "@penstock/domain";

/** A connection's bytes, and what they must lead to. Targets that end with `/smuggled` reach nobody, ever. */
export interface RawRequest {
  readonly name: string;
  /** The rule that it breaks or uses. */
  readonly section: string;
  /** Latin-1. */
  readonly text: string;
  /** What the application gets, in order: targets as it sees them. */
  readonly served: readonly string[];
  /** After those, the refusal with which the connection ends; without one it stays open. */
  readonly refused?: ReasonPhrase;
  /** Fields, or bodies, that the application must see of the last request: `name=value`, `body=…`. */
  readonly seen?: readonly string[];
}

/** A request with these lines behind its Host. */
export const get = (target: string, ...lines: readonly string[]): string =>
  message(`GET ${target} HTTP/1.1`, ["Host: shop.test", ...lines]);

/** A header, whatever its lines are, and what follows it. */
export const message = (
  requestLine: string,
  lines: readonly string[] = ["Host: shop.test"],
  body = "",
): string => `${[requestLine, ...lines].join("\r\n")}\r\n\r\n${body}`;

/** A request with these framing lines, and a body. */
export const post = (lines: readonly string[], body = "", target = "/shop/post"): string =>
  message(`POST ${target} HTTP/1.1`, ["Host: shop.test", ...lines], body);

/** A chunked request with this body. */
export const chunked = (body: string): string => post(["Transfer-Encoding: chunked"], body);

/** The request that an attacker hides in another one. */
export const SMUGGLED = get("/shop/smuggled");
