// For tests: an edge whose log is kept, certificates in a folder that goes with the test process.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateFiles } from "@penstock/domain";
import type { Clock } from "@penstock/foundation";
import { createLog } from "@penstock/process";
import { Metrics } from "@penstock/process/metrics";
import {
  aCertificate,
  writeCertificate,
  type CertificateChanges,
  type TestCertificate,
} from "@penstock/testing";
import { CurrentEdge } from "../current-edge.ts";
import { EdgeEvents } from "../edge-events.ts";

const folder = mkdtempSync(join(tmpdir(), "penstock-edge-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** An edge on a clock, with what it logged and what it counts. */
export function givenEdge(clock: Clock) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line), flush: () => {} };
  const metrics = new Metrics();
  const log = createLog({ component: "listener", level: "debug", destination });
  const edgeEvents = new EdgeEvents(log, metrics);
  return { edge: new CurrentEdge(edgeEvents, clock), edgeEvents, lines, metrics };
}

/** A certificate with its files; the name of the files is that of the host. */
export function givenCertificateFiles(
  host: string,
  changes: CertificateChanges = {},
  path = join(folder, host.replace("*", "_")),
): CertificateFiles & { readonly made: TestCertificate } {
  const made = aCertificate([host, "localhost", "127.0.0.1"], changes);
  return { host, ...writeCertificate(path, made), made };
}
