// One path segment, percent-decoded as UTF-8. What does not decode stays as it was sent: `%2F`, because
// a slash out of an escape separates nothing, and bytes that are not UTF-8, because old applications
// still have such names and read them themselves.

const percent = 37;
const slash = 0x2f;
const escapeLength = "%2F".length;
/** Not a byte: no `%`, or not two hexadecimal digits after it. */
const broken = -1;
/** Not a code point: what the bytes spell is no UTF-8 (Unicode 15 §3.9, table 3-7). */
const notUtf8 = -1;

/**
 * Decodes a segment. Undefined for an escape without two hexadecimal digits and for one that hides a
 * control character (HTTP.sys: U+0000 to U+001F, U+007F to U+009F).
 */
export function decodeSegment(segment: string): string | undefined {
  let decoded = "";
  let rest = 0;
  while (rest < segment.length) {
    const escape = segment.indexOf("%", rest);
    if (escape === -1) return rest === 0 ? segment : decoded + segment.slice(rest);
    const byte = escapedByte(segment, escape);
    const point = byte < 0x80 ? byte : codePointAt(segment, escape, byte);
    if (byte === broken || isControl(point)) return undefined;
    const stays = point === notUtf8 || point === slash;
    decoded += stays
      ? segment.slice(rest, escape + escapeLength)
      : segment.slice(rest, escape) + String.fromCodePoint(point);
    rest = escape + (stays ? 1 : utf8Length(point)) * escapeLength;
  }
  return decoded;
}

/** True for a control character, which no segment of a URL or of a prefix has. */
export function isControl(point: number): boolean {
  return (point >= 0 && point < 0x20) || (point >= 0x7f && point < 0xa0);
}

/** The code point that the escapes from `escape` on spell, the first of them being `lead`. */
function codePointAt(segment: string, escape: number, lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return notUtf8;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  let point = lead & (0xff >> (length + 1));
  for (let trail = 1; trail < length; trail++) {
    const byte = escapedByte(segment, escape + trail * escapeLength);
    if ((byte & 0xc0) !== 0x80) return notUtf8;
    point = (point << 6) | (byte & 0x3f);
  }
  const surrogate = point >= 0xd800 && point < 0xe000;
  return utf8Length(point) === length && !surrogate && point <= 0x10ffff ? point : notUtf8;
}

function utf8Length(point: number): number {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

function escapedByte(segment: string, escape: number): number {
  if (segment.charCodeAt(escape) !== percent) return broken;
  const high = hexDigit(segment.charCodeAt(escape + 1));
  const low = hexDigit(segment.charCodeAt(escape + 2));
  return high < 0 || low < 0 ? broken : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : broken;
}
