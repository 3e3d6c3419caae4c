// The configuration file of a nats-server that Penstock runs: on loopback or another address of this machine,
// with JetStream below the store directory. Later keys win in nats-server's notation, so extra lines (operator, resolver, accounts) may
// also replace what stands here.

/** What may be chosen. Sizes in bytes, durations in milliseconds. */
export interface NatsServerConfiguration {
  /** Default `penstock`. */
  readonly serverName?: string;
  /** An address of this machine. Default 127.0.0.1. */
  readonly host?: string;
  /** 0 or absent: a free one, chosen by the server. */
  readonly port?: number;
  /** Limit of all memory streams together. Default 1 GiB. */
  readonly memoryMaxBytes?: number;
  /** Limit of all file streams together. Default 10 GiB. */
  readonly fileMaxBytes?: number;
  /** Largest message. Default 8 MB: above that nats-server itself warns. */
  readonly payloadMaxBytes?: number;
  /** A client that does not take its bytes for so long is cut off. Default 10 s. */
  readonly writeDeadlineMs?: number;
  /**
   * When file streams reach the disk. Default `always`: an acknowledged message survives a power loss;
   * memory streams, which carry synchronous requests, are not slowed by it.
   */
  readonly syncInterval?: "always" | { readonly ms: number };
  /** Further lines in nats-server's own notation, appended as they are. */
  readonly extraLines?: readonly string[];
}

/** Where a server listens that is told no address. */
export const loopback = "127.0.0.1";

/** Where a server keeps what it writes. */
export interface StoreFolders {
  /** JetStream's; the server makes a folder `jetstream` in it. */
  readonly storeDirectory: string;
  /** The server writes the ports that it chose into a file here. */
  readonly portsDirectory: string;
}

/** The text of the configuration file. */
export function renderConfiguration(
  configuration: NatsServerConfiguration,
  folders: StoreFolders,
): string {
  const { host = loopback, port = 0, syncInterval = "always", extraLines = [] } = configuration;
  const sync = syncInterval === "always" ? "always" : `"${syncInterval.ms}ms"`;
  return `# Written by Penstock at every start: changes made here are lost.
server_name: ${quoted(configuration.serverName ?? "penstock")}
listen: "${host}:${port === 0 ? -1 : port}"
ports_file_dir: ${quoted(folders.portsDirectory)}
max_payload: ${configuration.payloadMaxBytes ?? 8 * 1024 * 1024}
write_deadline: "${configuration.writeDeadlineMs ?? 10_000}ms"
jetstream {
  store_dir: ${quoted(folders.storeDirectory)}
  max_mem: ${configuration.memoryMaxBytes ?? 1024 ** 3}
  max_file: ${configuration.fileMaxBytes ?? 10 * 1024 ** 3}
  sync_interval: ${sync}
}
${extraLines.map((line) => `${line}\n`).join("")}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', String.raw`\"`)}"`;
}
