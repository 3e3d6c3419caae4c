// The path of a UrlPrefix (its relativeURI): the root of a subtree, written as people read it, without
// escapes. What no request could ever match is refused here, since it is a slip of the pen.

import { segmentCountMax, segmentLengthMax } from "./cooked-path.ts";
import { isControl } from "./path-segment.ts";
import { fault, type UrlPrefixFault } from "./url-prefix-fault.ts";

/** Reads a prefix's path, which stands at `offset` of the prefix and starts with a slash; cooked. */
export function parsePrefixPath(text: string, offset: number): string | UrlPrefixFault {
  const strange = strangeCharacter(text, offset);
  if (strange !== undefined) return strange;
  if (!text.endsWith("/")) {
    const message = `a prefix names a subtree and ends with a slash; write ${text}/`;
    return fault("path", offset + text.length, message);
  }
  if (text === "/") return text;
  const segments = text.slice(1, -1).split("/");
  if (segments.length > segmentCountMax) {
    return fault("path", offset, `a path has at most ${segmentCountMax} segments; write fewer`);
  }
  let at = offset + 1;
  for (const segment of segments) {
    const message = segmentFault(segment);
    if (message !== undefined) return fault("path", at, message);
    at += segment.length + 1;
  }
  return text.toLowerCase();
}

function segmentFault(segment: string): string | undefined {
  if (segment === "") return "a prefix has no empty segments; write one slash";
  if (segment === "." || segment === "..") {
    return `"${segment}" is resolved before requests are matched; write the path that it leads to`;
  }
  if (segment.length <= segmentLengthMax) return undefined;
  return `a segment has at most ${segmentLengthMax} characters; write a shorter one`;
}

const escape = /%[0-9a-f]{2}/i;

function strangeCharacter(text: string, offset: number): UrlPrefixFault | undefined {
  const query = text.search(/[?#]/);
  if (query !== -1) {
    const message = "a prefix names a subtree and has no query or fragment; write the path alone";
    return fault("path", offset + query, message);
  }
  const escaped = text.search(escape);
  if (escaped !== -1) {
    const message = "a prefix is written without escapes; write the character itself";
    return fault(
      "path",
      offset + escaped,
      `${message} instead of ${text.slice(escaped, escaped + 3)}`,
    );
  }
  for (let index = 0; index < text.length; index++) {
    if (!isControl(text.charCodeAt(index))) continue;
    return fault("path", offset + index, "a path has no control characters; write it without");
  }
  if (text.isWellFormed()) return undefined;
  return fault("path", offset, "the path is no valid Unicode; write it without lone surrogates");
}
