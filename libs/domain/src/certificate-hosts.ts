// Which certificate is for which host. The most exact entry wins: the name itself, then the wildcard over its
// first label, then the default, which is the entry `*` or else the first of all. A default is always there:
// a client that asks for an unknown name is told so by the certificate that it gets, as by nginx and others,
// and one that asks by address, and so can name no host, gets an answer.

/** Something for each host, found by the name that a client asks for. */
export class CertificateHosts<T> {
  readonly #byHost: ReadonlyMap<string, T>;
  readonly fallback: T | undefined;

  constructor(entries: readonly (readonly [host: string, value: T])[]) {
    // The first of two entries for one host counts, so it is added last.
    this.#byHost = new Map(
      entries.toReversed().map(([host, value]) => [host.toLowerCase(), value]),
    );
    this.fallback = this.#byHost.get("*") ?? entries[0]?.[1];
  }

  /** For a host name in any case; "" for a client that named none. */
  find(host: string): T | undefined {
    const name = host.toLowerCase();
    const dot = name.indexOf(".");
    return (
      this.#byHost.get(name) ??
      (dot < 0 ? undefined : this.#byHost.get(`*${name.slice(dot)}`)) ??
      this.fallback
    );
  }
}
