// Rules about `tls.certificates`: both files can be read and belong together, they are good today, and every
// host of an https prefix is covered. Found out here, with a line number, and not by the first handshake.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  CertificateHosts,
  parseUrlPrefix,
  readCertificatePair,
  type CertificateFiles,
  type CertificatePair,
} from "@penstock/domain";
import type { Reading } from "../reading/reading.ts";
import type { KeyPath } from "../source/key-path.ts";
import type { CandidatePool } from "./pool-layer.ts";
import { reportAt } from "./report-at.ts";

/** Where relative paths start, what time it is, and who will read the files. */
export interface CertificateSurroundings {
  readonly home: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /**
   * `elsewhere`: a listener reads the files, maybe on another machine, and what cannot be read here is a
   * warning. Keys need not be readable for whoever only checks or distributes the configuration.
   */
  readonly certificateFiles: "here" | "elsewhere";
}

const path: KeyPath = ["tls", "certificates"];

/** Reports certificates that cannot stand; returns the files with absolute paths. */
export function checkCertificates(
  reading: Reading,
  written: readonly CertificateFiles[],
  surroundings: CertificateSurroundings,
): readonly CertificateFiles[] {
  return written.map((entry, index) => {
    const files = {
      host: entry.host,
      cert: resolve(surroundings.home, entry.cert),
      key: resolve(surroundings.home, entry.key),
    };
    const pair = checkFiles(reading, index, { files, surroundings });
    if (pair === undefined) return files;
    const { now } = surroundings;
    if (pair.notAfter <= now) {
      warn(reading, [...path, index, "cert"], `${entry.cert} expired on ${day(pair.notAfter)}`);
    } else if (pair.notBefore > now) {
      const since = `${entry.cert} is not valid before ${day(pair.notBefore)}`;
      warn(reading, [...path, index, "cert"], since);
    }
    if (entry.host !== "*" && !pair.covers(entry.host)) {
      const names = `${entry.cert} is for ${pair.names}, not for ${entry.host}`;
      warn(reading, [...path, index, "host"], `${names}: clients will refuse it`);
    }
    return files;
  });
}

/** Reports https prefixes that no certificate is for. */
export function checkHostsCovered(
  reading: Reading,
  pools: readonly CandidatePool[],
  certificates: readonly CertificateFiles[],
): void {
  const hosts = new CertificateHosts(certificates.map((entry) => [entry.host, entry]));
  for (const pool of pools) {
    for (const [index, url] of (pool.settings.urls ?? []).entries()) {
      const parsed = parseUrlPrefix(url);
      if (parsed.kind !== "prefix" || parsed.prefix.scheme !== "https") continue;
      const at = [...pool.path, "urls", index];
      const { host, category } = parsed.prefix;
      if (certificates.length === 0) {
        const message = `${url} needs a certificate, and there is none`;
        reportAt(reading, at, { message, suggestion: "name one under tls.certificates" });
      } else if (category === "explicitHost" || category === "subdomainWildcard") {
        const found = hosts.find(host);
        if (found?.host === host || found?.host === `*${host.slice(host.indexOf("."))}`) continue;
        const instead = found ? `; clients get that for ${found.host}` : "";
        warn(reading, at, `no certificate is for ${host}${instead}`);
      }
    }
  }
}

function checkFiles(
  reading: Reading,
  index: number,
  { files, surroundings }: { files: CertificateFiles; surroundings: CertificateSurroundings },
): CertificatePair | undefined {
  const [cert, key] = (["cert", "key"] as const).map((which): Buffer | undefined => {
    try {
      return readFileSync(files[which]);
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      const message = `${files[which]} cannot be read (${code ?? "unknown"})`;
      const at = [...path, index, which];
      if (surroundings.certificateFiles === "here") {
        const suggestion =
          code === "EACCES"
            ? "let the listener's user read it"
            : "relative paths start at this file";
        reportAt(reading, at, { message, suggestion });
      } else {
        warn(reading, at, `${message} here; listeners will try`);
      }
      return undefined;
    }
  });
  if (cert === undefined || key === undefined) return undefined;
  const pair = readCertificatePair(cert, key);
  if (pair.kind === "pair") return pair;
  reportAt(reading, [...path, index, pair.file], {
    message: `${files[pair.file]} ${pair.message}`,
    suggestion: pair.remedy,
  });
  return undefined;
}

const day = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

function warn(reading: Reading, at: KeyPath, message: string): void {
  reportAt(reading, at, { message, severity: "warning" });
}
