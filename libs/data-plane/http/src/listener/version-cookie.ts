// The one field that Penstock adds to an application's answer where nobody debugs: the ticket by which a client
// stays with a version. For the browser's session and the whole host; no script reads it, no other site has it
// sent along, and what came over TLS does not leave it.

/** The value of Set-Cookie for `name=value` (RFC 6265 §4.1). */
export function versionCookie(pair: string, encrypted: boolean): string {
  return `${pair}; Path=/; HttpOnly; SameSite=Lax${encrypted ? "; Secure" : ""}`;
}
