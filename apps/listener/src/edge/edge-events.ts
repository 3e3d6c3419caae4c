// What can happen at the edge of a listener, before there is a request: certificates, handshakes, PROXY
// headers, HTTP/2 connections that are closed. Each event moves its metric and, when it is worth a line, writes
// one; what clients can cause as often as they like is counted, and told for debugging only.

import type { CertificateFiles } from "@penstock/domain";
import type { SessionFault } from "@penstock/http";
import type { Log } from "@penstock/process";
import type { Metrics } from "@penstock/process/metrics";
import type { FrontRefusal } from "./connection-front.ts";

const REFUSALS = ["proxy_header", "plain_http", "timeout", "tls"] as const;
const FAULTS = ["share used up", "protocol error"] as const satisfies readonly SessionFault[];

/** Why a certificate is not in force. */
export interface CertificateTrouble {
  readonly what: string;
  readonly remedy: string;
  /** What is shown instead. */
  readonly instead: string;
}

/** Counts and logs the edge. */
export class EdgeEvents {
  readonly #log: Log;
  readonly #refused: (refusal: FrontRefusal | "tls") => void;
  readonly #faults: (fault: SessionFault) => void;
  #hosts: readonly { readonly host: string; readonly notAfter: number }[] = [];

  constructor(log: Log, metrics: Metrics) {
    this.#log = log;
    const refusals = metrics.counter({
      name: "penstock_listener_connections_refused_total",
      help: "Connections that were closed before a request: no PROXY header where one was due, plain http on a port of https, nothing in time, no TLS handshake.",
      labels: ["reason"],
    });
    for (const reason of REFUSALS) refusals.series({ reason }).add(0);
    this.#refused = (reason) => refusals.series({ reason }).add();
    const faults = metrics.counter({
      name: "penstock_listener_http2_connections_closed_total",
      help: "HTTP/2 connections that were closed for what their client did: streams opened and reset beyond a connection's share, or frames against the protocol.",
      labels: ["fault"],
    });
    for (const fault of FAULTS) faults.series({ fault: label(fault) }).add(0);
    this.#faults = (fault) => faults.series({ fault: label(fault) }).add();
    const notAfter = metrics.gauge({
      name: "penstock_tls_certificate_not_after_timestamp_seconds",
      help: "When the certificate of a host expires.",
      labels: ["host"],
      collect: () => {
        for (const each of this.#hosts)
          notAfter.series({ host: each.host }).set(Math.floor(each.notAfter / 1000));
      },
    });
  }

  /** The certificates in force. */
  certificates(hosts: readonly { readonly host: string; readonly notAfter: number }[]): void {
    this.#hosts = hosts;
  }

  certificateLoaded({ host, cert }: CertificateFiles, notAfter: number): void {
    const until = new Date(notAfter).toISOString();
    this.#log.info(
      { event: "certificate.loaded", host, cert, notAfter: until },
      `the certificate of ${host} is in force, it expires ${until.slice(0, 10)}`,
    );
  }

  certificateNotLoaded(
    { host, cert }: CertificateFiles,
    { what, remedy, instead }: CertificateTrouble,
  ): void {
    this.#log.error(
      { event: "certificate.not_loaded", host, cert, remedy },
      `the certificate of ${host} cannot be used, ${instead}: ${what}. ${remedy}`,
    );
  }

  /** A connection ended before a request. */
  refused(refusal: FrontRefusal | "tls", what: string): void {
    this.#refused(refusal);
    this.#log.debug({ event: "connection.refused", reason: refusal, what }, `refused: ${what}`);
  }

  /** An HTTP/2 connection was closed for what its client did. */
  sessionClosed(fault: SessionFault): void {
    this.#faults(fault);
    this.#log.debug({ event: "http2.closed", fault }, `closed an HTTP/2 connection: ${fault}`);
  }
}

const label = (fault: SessionFault): string => fault.replaceAll(" ", "_");
