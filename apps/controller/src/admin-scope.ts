// What a token of the admin API allows: to look, to operate, to do everything. Each includes the one before.

/** Least first. */
export const scopes = ["read", "operate", "admin"] as const;

/** What a token allows. */
export type Scope = (typeof scopes)[number];

/** What a route asks for. `local`: nothing on loopback, `read` from elsewhere. */
export type RouteScope = Scope | "local";

/** True when a token of scope `held` may do what asks for `needed`. */
export function allows(held: Scope, needed: Scope): boolean {
  return scopes.indexOf(held) >= scopes.indexOf(needed);
}
