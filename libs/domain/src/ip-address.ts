// IP addresses as text, in the one spelling by which two of them can be compared: RFC 5952 for IPv6,
// and plain dotted decimal for an IPv4 address, also when a dual-stack socket reports it as mapped.

const octet = "(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const ipv6Characters = /^[0-9a-f:.]+$/i;
const mappedIpv4 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** True for four decimal octets without leading zeros. */
export function isIpv4(text: string): boolean {
  return ipv4.test(text);
}

/** The comparable spelling of an IPv4 or IPv6 address (no brackets, no zone); undefined if it is neither. */
export function canonicalAddress(text: string): string | undefined {
  if (isIpv4(text)) return text;
  const url = `http://[${text}]/`;
  if (!ipv6Characters.test(text) || !URL.canParse(url)) return undefined;
  const canonical = new URL(url).hostname.slice(1, -1);
  const mapped = mappedIpv4.exec(canonical);
  return mapped === null ? canonical : dotted(`${mapped[1]}`, `${mapped[2]}`);
}

function dotted(high: string, low: string): string {
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255].join(".");
}
