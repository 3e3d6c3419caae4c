// The certificates that this listener shows: read from the files that the routing record names, and again when
// a file changed. What cannot be used leaves the former pair in force, so a renewal that is half written when it
// is seen costs nothing. Connections that are open keep what they were opened with.

import { readFileSync, statSync } from "node:fs";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { CertificateHosts, readCertificatePair, type CertificateFiles } from "@penstock/domain";
import type { CancelTimer, Clock } from "@penstock/foundation";
import type { EdgeEvents } from "./edge-events.ts";

/** How often files are looked at, milliseconds. Watching would miss what a mounted volume does. */
const LOOK_MS = 5000;

/** TLS 1.2 with Node's own choice of ciphers, which is sound, and TLS 1.3. */
export const MIN_VERSION = "TLSv1.2";

interface Loaded {
  readonly context: SecureContext;
  /** What the context was made of. */
  readonly options: SecureContextOptions;
  readonly notAfter: number;
}

interface Entry {
  readonly files: CertificateFiles;
  /** What the files looked like when they were read last, whatever came of it. */
  readonly seen: string;
  /** The last good pair. */
  readonly loaded: Loaded | undefined;
}

/** Keeps the certificates of the moment. */
export class CertificateStore implements Disposable {
  readonly #events: EdgeEvents;
  readonly #clock: Clock;
  #entries: readonly Entry[] = [];
  #hosts = new CertificateHosts<Loaded>([]);
  #look: CancelTimer = () => {};

  constructor(events: EdgeEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  /** The files of the routing record. What is unchanged is not read again. */
  use(certificates: readonly CertificateFiles[]): void {
    const before = new Map(this.#entries.map((entry) => [keyOf(entry.files), entry]));
    this.#entries = certificates.map(
      (files) => before.get(keyOf(files)) ?? { files, seen: "", loaded: undefined },
    );
    this.#refresh();
  }

  /** For the host that a client asks for. Undefined only when there is no certificate at all. */
  contextFor(host: string): SecureContext | undefined {
    return this.#hosts.find(host)?.context;
  }

  /** For clients that name no host. The same object until another certificate is in force for them. */
  get fallback(): SecureContextOptions | undefined {
    return this.#hosts.fallback?.options;
  }

  [Symbol.dispose](): void {
    this.#look();
  }

  #refresh(): void {
    this.#look();
    this.#entries = this.#entries.map((entry) => this.#reread(entry));
    const loaded = this.#entries.flatMap(({ files: { host }, loaded: pair }) =>
      pair ? [[host, pair] as const] : [],
    );
    this.#hosts = new CertificateHosts(loaded);
    this.#events.certificates(loaded.map(([host, { notAfter }]) => ({ host, notAfter })));
    if (this.#entries.length > 0) this.#look = this.#clock.after(LOOK_MS, () => this.#refresh());
  }

  #reread(entry: Entry): Entry {
    const { files } = entry;
    const seen = `${signatureOf(files.cert)} ${signatureOf(files.key)}`;
    if (seen === entry.seen) return entry;
    const read = readPair(files);
    if ("context" in read) {
      this.#events.certificateLoaded(files, read.notAfter);
      return { files, seen, loaded: read };
    }
    this.#events.certificateNotLoaded(files, {
      ...read,
      instead: entry.loaded ? "the former one stays in force" : "the host has none",
    });
    return { files, seen, loaded: entry.loaded };
  }
}

const keyOf = ({ host, cert, key }: CertificateFiles): string => `${host}\n${cert}\n${key}`;

/** What changes when a file is written or replaced, also by a link to another. */
function signatureOf(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code ?? "unknown";
  }
}

function readPair(
  files: CertificateFiles,
): Loaded | { readonly what: string; readonly remedy: string } {
  const contents: Buffer[] = [];
  for (const path of [files.cert, files.key]) {
    try {
      contents.push(readFileSync(path));
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      return {
        what: `${path} cannot be read (${code ?? "unknown"})`,
        remedy: "Let the listener's user read it; in a container, mount it at this path.",
      };
    }
  }
  const [cert = Buffer.alloc(0), key = Buffer.alloc(0)] = contents;
  const pair = readCertificatePair(cert, key);
  if (pair.kind === "fault")
    return { what: `${files[pair.file]} ${pair.message}`, remedy: `To mend it, ${pair.remedy}.` };
  const options: SecureContextOptions = { cert, key, minVersion: MIN_VERSION };
  return { context: createSecureContext(options), options, notAfter: pair.notAfter };
}
