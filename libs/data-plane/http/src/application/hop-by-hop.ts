// Which header fields belong to one connection and not to the message. They end here in both directions:
// the hop towards the client and the hop towards the application are framed anew, each by its own end.

/**
 * Everything that RFC 9110 §7.6.1 takes off a message that is passed on, whatever `Connection` says; but for TE, of which
 * the listener left that trailers are welcome, as they are on every hop.
 */
const connectionFields = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** True for a field that means the connection, in any case of letters. */
export function isHopByHop(name: string): boolean {
  // Most fields are told apart by their length, without lower-casing them.
  switch (name.length) {
    case 7:
    case 10:
    case 16:
    case 17:
      return connectionFields.has(name.toLowerCase());
    default:
      return false;
  }
}

/**
 * The fields that a `Connection` value names besides the options `close` and `keep-alive`, in lower case;
 * undefined for none, which is nearly always.
 */
export function nominatedFields(connection: string): Set<string> | undefined {
  if (connection === "keep-alive" || connection === "close") return undefined;
  const names = connection
    .toLowerCase()
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "" && token !== "close" && token !== "keep-alive");
  return names.length === 0 ? undefined : new Set(names);
}

/** The list without the fields in `names` (lower case). */
export function withoutFields(rawHeaders: readonly string[], names: Set<string>): string[] {
  const kept: string[] = [];
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n] as string;
    if (!names.has(name.toLowerCase())) kept.push(name, rawHeaders[n + 1] as string);
  }
  return kept;
}

/** The list without hop-by-hop fields and without those that `Connection` names. Order and case are kept. */
export function withoutHopByHop(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  let nominated: Set<string> | undefined;
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n] as string;
    const value = rawHeaders[n + 1] as string;
    if (!isHopByHop(name)) kept.push(name, value);
    else if (name.toLowerCase() === "connection") {
      nominated = new Set([...(nominated ?? []), ...(nominatedFields(value) ?? [])]);
    }
  }
  return nominated === undefined || nominated.size === 0 ? kept : withoutFields(kept, nominated);
}

/** Seconds. Who keeps a connection for less may close it while the next request is on its way. */
const brieflyS = 2;

/** True when an answer says that its sender keeps the connection only for a moment (`Keep-Alive: timeout=1`). */
export function keepsBriefly(rawHeaders: readonly string[]): boolean {
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n] as string;
    if (name.length !== 10 || name.toLowerCase() !== "keep-alive") continue;
    const seconds = /(?:^|[\s,;])timeout=(\d+)/i.exec(rawHeaders[n + 1] as string)?.[1];
    return seconds !== undefined && Number(seconds) < brieflyS;
  }
  return false;
}
