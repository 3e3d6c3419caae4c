// Host names, in the one spelling that a UrlPrefix and a Host header share: lower case, no final dot,
// A-labels (`xn--`) for what is not ASCII, since that is what clients send.

/** A DNS name in text form; RFC 1035 §2.3.4 less the two octets that only the wire form has. */
export const hostNameLengthMax = 253;
/** RFC 1035 §2.3.4. */
const labelLengthMax = 63;

const letterA = 97;
const letterZ = 122;
const upperA = 65;
const upperZ = 90;
const digit0 = 48;
const digit9 = 57;
const dash = 45;
const dot = 46;
const underscore = 95;
const firstNonAscii = 128;

/**
 * True for the characters that a host name may have on the wire: letters, digits, `-`, `.`, and `_`,
 * which no RFC grants to hosts but container networks use in service names.
 */
export function isHostCharacter(code: number): boolean {
  return (
    (code >= letterA && code <= letterZ) ||
    (code >= digit0 && code <= digit9) ||
    code === dash ||
    code === dot ||
    (code >= upperA && code <= upperZ) ||
    code === underscore
  );
}

/** Index of the first character that no host name has, -1 if there is none. Non-ASCII letters may become A-labels. */
export function strangeHostCharacter(name: string): number {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (code < firstNonAscii && !isHostCharacter(code)) return index;
  }
  return -1;
}

/** True when clients would read the name as an IPv4 address: its last label is a number (WHATWG URL §3.5). */
export function endsInNumber(name: string): boolean {
  return /(?:^|\.)[0-9]+$/.test(name);
}

/**
 * The spelling by which names are compared; undefined for what cannot be a name: an empty or too long
 * label, or letters that IDNA does not know. Expects no {@link strangeHostCharacter}.
 */
export function canonicalHostName(name: string): string | undefined {
  const ascii = isAscii(name) ? name.toLowerCase() : domainToAscii(name);
  const relative = ascii.endsWith(".") ? ascii.slice(0, -1) : ascii;
  const fits =
    relative.length <= hostNameLengthMax &&
    relative.split(".").every((label) => label !== "" && label.length <= labelLengthMax);
  return fits && strangeHostCharacter(relative) === -1 ? relative : undefined;
}

function isAscii(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name.charCodeAt(index) >= firstNonAscii) return false;
  }
  return true;
}

function domainToAscii(name: string): string {
  const url = `http://${name}/`;
  return URL.canParse(url) ? new URL(url).hostname : "";
}
