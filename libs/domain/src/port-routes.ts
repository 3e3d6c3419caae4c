// The prefixes of one local port, found by host. Which tries a Host header leads to is remembered: the
// same few hundred headers come again and again, and reading one costs more than finding it.

import { hostOf } from "./host-header.ts";
import { PathTrie } from "./path-trie.ts";
import type { UrlPrefixCategory } from "./prefix-host.ts";
import { remember } from "./remember.ts";
import type { UrlPrefix, UrlScheme } from "./url-prefix.ts";

/** The tries of the categories that go by name, in the order in which they are searched. */
type SearchPath<T extends object> = readonly PathTrie<T>[];

/** What a search in one port's prefixes found. */
export type PortMatch<T extends object> = T | "Hostname" | "NotFound";

/** The prefixes of one port. Filled while a routing table is built, then only read. */
export class PortRoutes<T extends object> {
  readonly scheme: UrlScheme;
  /** Keyed by the host as prefixes spell it. */
  readonly #tries: Readonly<Record<UrlPrefixCategory, Map<string, PathTrie<T>>>> = {
    strongWildcard: new Map(),
    explicitHost: new Map(),
    subdomainWildcard: new Map(),
    ipBound: new Map(),
    weakWildcard: new Map(),
  };
  readonly #remembered = new Map<string, SearchPath<T>>();

  constructor(scheme: UrlScheme) {
    this.scheme = scheme;
  }

  /** Adds a prefix of this port. Each at most once. */
  add(prefix: UrlPrefix, target: T): void {
    const tries = this.#tries[prefix.category];
    const trie = tries.get(prefix.host) ?? new PathTrie<T>();
    tries.set(prefix.host, trie);
    trie.add(prefix.path, target);
  }

  /**
   * The target for a cooked path `path[0, end)`, asked for under a Host header on a local address.
   * Hostname when the header cannot be read or no prefix of the port is for that host.
   */
  match(hostHeader: string, address: string, path: string, end: number): PortMatch<T> {
    const search = this.#searchPath(hostHeader);
    if (search === undefined) return "Hostname";
    for (const trie of search) {
      const target = trie.longest(path, end);
      if (target !== undefined) return target;
    }
    const bound = this.#tries.ipBound.get(address);
    const weak = this.#tries.weakWildcard.get("*");
    const target = bound?.longest(path, end) ?? weak?.longest(path, end);
    if (target !== undefined) return target;
    const hostKnown = search.length > 0 || bound !== undefined || weak !== undefined;
    return hostKnown ? "NotFound" : "Hostname";
  }

  #searchPath(hostHeader: string): SearchPath<T> | undefined {
    const remembered = this.#remembered.get(hostHeader);
    if (remembered !== undefined) return remembered;
    const host = hostOf(hostHeader);
    if (host === undefined) return undefined;
    const search = this.#triesFor(host);
    remember(this.#remembered, hostHeader, search);
    return search;
  }

  #triesFor(host: string): SearchPath<T> {
    const tries = [
      this.#tries.strongWildcard.get("+"),
      this.#tries.explicitHost.get(host),
      this.#tries.subdomainWildcard.get(wildcardOver(host)),
    ];
    return tries.filter((trie) => trie !== undefined);
  }
}

/** The one sub-domain wildcard that covers a name: it stands for exactly the first label. */
function wildcardOver(host: string): string {
  const dot = host.indexOf(".");
  return dot === -1 ? host : `*${host.slice(dot)}`;
}
