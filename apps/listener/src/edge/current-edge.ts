// The edge as the routing record has it now: certificates, whom to believe about clients, and which ports begin
// with a PROXY header. Replaced as a whole; what a connection was told when it came holds to its end.

import type { Socket } from "node:net";
import { AddressBlocks, plainEdge, type EdgeSettings, type RoutedPort } from "@penstock/domain";
import type { Clock } from "@penstock/foundation";
import { CertificateStore } from "./certificate-store.ts";
import type { EdgeEvents } from "./edge-events.ts";

/** What the edge does at this moment. */
export class CurrentEdge implements Disposable {
  readonly certificates: CertificateStore;
  #trusted = new AddressBlocks([]);
  #proxyPorts: ReadonlySet<number> = new Set();

  constructor(events: EdgeEvents, clock: Clock) {
    this.certificates = new CertificateStore(events, clock);
  }

  /** Replaces it. */
  use(settings: EdgeSettings = plainEdge): void {
    this.#trusted = new AddressBlocks(settings.trustedProxies);
    this.#proxyPorts = new Set(settings.proxyProtocolPorts);
    this.certificates.use(settings.certificates);
  }

  /** Whether what somebody at this address says about clients is true. */
  readonly trusts = (address: string): boolean => this.#trusted.has(address);

  /** Whether this connection begins with a PROXY header. */
  readonly expectsProxyHeader = (port: number, socket: Socket): boolean =>
    this.#proxyPorts.has(port) && this.#trusted.has(socket.remoteAddress ?? "");

  /** Whether connections of a port do not begin with HTTP. */
  hasFront({ port, scheme }: RoutedPort): boolean {
    return scheme === "https" || this.#proxyPorts.has(port);
  }

  [Symbol.dispose](): void {
    this.certificates[Symbol.dispose]();
  }
}
