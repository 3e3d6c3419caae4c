// The forms of a request target (RFC 9112 §3.2) beside the everyday one, a path. CONNECT's
// authority-form is no URL and is not routed.

/** A target brought into origin-form, and the authority that it names itself, if it does. */
export interface RoutedTarget {
  /** Starts with a slash. */
  readonly path: string;
  /** Overrides the Host header (RFC 9112 §3.2.2). */
  readonly authority: string | undefined;
}

const serverItself: RoutedTarget = { path: "/", authority: undefined };

/**
 * Reads a target that does not start with a slash. Asterisk-form asks about the whole host, so it is
 * routed like the root. Undefined when it is no URL that a server is asked for.
 */
export function readTarget(target: string): RoutedTarget | undefined {
  if (target === "*") return serverItself;
  const authorityStart = schemeLength(target);
  if (authorityStart === 0) return undefined;
  const pathStart = target.indexOf("/", authorityStart);
  const authority = target.slice(authorityStart, pathStart === -1 ? target.length : pathStart);
  // HTTP.sys refuses a query straight after the authority, whatever RFC 3986 §3.2 grants.
  if (authority.includes("?") || authority.includes("#")) return undefined;
  return { path: pathStart === -1 ? "/" : target.slice(pathStart), authority };
}

/**
 * Length of `http://` or `https://` in any case, else 0. Which of the two says nothing: the connection
 * has its own scheme, and a proxy in front that took TLS off still writes https.
 */
function schemeLength(target: string): number {
  const scheme = target.slice(0, "https://".length).toLowerCase();
  if (scheme === "https://") return scheme.length;
  return scheme.startsWith("http://") ? "http://".length : 0;
}
