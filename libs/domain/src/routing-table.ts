// Which application a request is for. An immutable value: a changed configuration builds a new table,
// and the listener swaps one cell. This is the first thing that happens to each request, so a match
// takes time that grows with the URL and not with the number of prefixes, and makes no result objects.
//
// The order of a search: the target is read (or refused with URL), the port of the connection selects
// the prefixes, the Host header the categories' tries; within the first category that covers the path
// the longest prefix wins.

import {
  cookPath,
  httpSysPathLimits,
  needsCooking,
  scanPath,
  type PathLimits,
} from "./cooked-path.ts";
import { hostOf } from "./host-header.ts";
import type { LocalEndpoint } from "./local-endpoint.ts";
import { PortRoutes } from "./port-routes.ts";
import { findConflicts, type PrefixConflict } from "./prefix-conflict.ts";
import type { ReasonPhrase } from "./reason.ts";
import { readTarget } from "./request-target.ts";
import type { UrlPrefix, UrlScheme } from "./url-prefix.ts";

/** Why no target was found: the request line, the host or the path. */
export type RoutingRefusal = Extract<ReasonPhrase, "URL" | "Hostname" | "NotFound">;

/** A port that prefixes name and that a listener therefore opens. */
export interface RoutedPort {
  readonly port: number;
  readonly scheme: UrlScheme;
}

/** A table, or all that stands against it. */
export type RoutingTableBuild<T extends object> =
  | { readonly kind: "table"; readonly table: RoutingTable<T> }
  | { readonly kind: "conflicts"; readonly conflicts: readonly PrefixConflict[] };

const slash = 47;

/** Prefixes and what they lead to. Made by {@link buildRoutingTable}. */
export class RoutingTable<T extends object> {
  readonly #routes: ReadonlyMap<number, PortRoutes<T>>;
  readonly #limits: PathLimits;

  constructor(routes: ReadonlyMap<number, PortRoutes<T>>, limits: PathLimits) {
    this.#routes = routes;
    this.#limits = limits;
  }

  /** The ports that the prefixes name, in the order of their first prefix. */
  get ports(): readonly RoutedPort[] {
    return Array.from(this.#routes, ([port, { scheme }]) => ({ port, scheme }));
  }

  /**
   * What a request is for: the very target that was registered, or the reason to refuse it (a string, so
   * `typeof` tells them apart). Takes the Host header's value and the request target as they were sent.
   * Never throws. Which method may use `*` is for the caller to know.
   */
  match(
    endpoint: LocalEndpoint,
    hostHeader: string | undefined,
    requestTarget: string,
  ): T | RoutingRefusal {
    if (requestTarget.charCodeAt(0) !== slash) {
      return this.#matchOtherForm(endpoint, hostHeader, requestTarget);
    }
    const end = scanPath(requestTarget, this.#limits);
    if (end > 0) return this.#find(endpoint, hostHeader, requestTarget, end);
    const path =
      end === needsCooking
        ? cookPath(requestTarget, this.#limits)
        : requestTarget.slice(0, -end).toLowerCase();
    return path === undefined ? "URL" : this.#find(endpoint, hostHeader, path, path.length);
  }

  /** A Host header must be there and readable even when the target overrides it (RFC 9112 §3.2). */
  #matchOtherForm(
    endpoint: LocalEndpoint,
    hostHeader: string | undefined,
    requestTarget: string,
  ): T | RoutingRefusal {
    const target = readTarget(requestTarget);
    if (target === undefined) return "URL";
    const found = this.match(endpoint, target.authority ?? hostHeader, target.path);
    const hostReadable = hostHeader !== undefined && hostOf(hostHeader) !== undefined;
    return hostReadable || found === "URL" ? found : "Hostname";
  }

  #find(
    endpoint: LocalEndpoint,
    hostHeader: string | undefined,
    path: string,
    end: number,
  ): T | RoutingRefusal {
    const routes = this.#routes.get(endpoint.port);
    if (routes === undefined || hostHeader === undefined) return "Hostname";
    if (routes.scheme !== endpoint.scheme) return "Hostname";
    return routes.match(hostHeader, endpoint.address, path, end);
  }
}

/**
 * Builds a table of prefixes and what each leads to. Targets are handed back as they are: one that knows
 * its own prefix saves the caller a search.
 */
export function buildRoutingTable<T extends object>(
  registrations: readonly (readonly [UrlPrefix, T])[],
  limits: PathLimits = httpSysPathLimits,
): RoutingTableBuild<T> {
  const conflicts = findConflicts(registrations.map(([prefix]) => prefix));
  if (conflicts.length > 0) return { kind: "conflicts", conflicts };
  const routes = new Map<number, PortRoutes<T>>();
  for (const [prefix, target] of registrations) {
    const ofPort = routes.get(prefix.port) ?? new PortRoutes<T>(prefix.scheme);
    routes.set(prefix.port, ofPort);
    ofPort.add(prefix, target);
  }
  return { kind: "table", table: new RoutingTable(routes, limits) };
}
