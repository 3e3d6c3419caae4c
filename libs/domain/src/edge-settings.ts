// What a listener does at its edge besides routing: which certificate it shows for which host, and whom it
// believes about clients. Paths only: the content of a key never travels.

/** A certificate by its files. */
export interface CertificateFiles {
  /** The name that clients ask for: `shop.example`, `*.shop.example`, or `*` for all others. */
  readonly host: string;
  /** Absolute path of the certificate chain, PEM. */
  readonly cert: string;
  /** Absolute path of the private key, PEM. */
  readonly key: string;
}

/** The edge of all listeners of one Penstock. */
export interface EdgeSettings {
  readonly certificates: readonly CertificateFiles[];
  /** Addresses and blocks (`10.0.0.0/8`) whose word about clients counts. */
  readonly trustedProxies: readonly string[];
  /** Ports on which those begin each connection with a PROXY header. */
  readonly proxyProtocolPorts: readonly number[];
}

/** No certificates, and nobody is believed. */
export const plainEdge: EdgeSettings = {
  certificates: [],
  trustedProxies: [],
  proxyProtocolPorts: [],
};
