// Why a string is no UrlPrefix. A configuration points at the place and prints the message, so the
// message says what to write instead.

/** The part of the string that is wrong. */
export type UrlPrefixFaultKind = "scheme" | "host" | "wildcard" | "address" | "port" | "path";

/** HTTP.sys would say ERROR_INVALID_PARAMETER to all of these. */
export interface UrlPrefixFault {
  readonly kind: UrlPrefixFaultKind;
  /** Where in the string, in UTF-16 units. */
  readonly offset: number;
  /** What is wrong; what to write instead. */
  readonly message: string;
}

/** Makes a fault. */
export function fault(kind: UrlPrefixFaultKind, offset: number, message: string): UrlPrefixFault {
  return { kind, offset, message };
}
