// For tests: the rules of matching, one after the other and over all prefixes, with nothing clever in
// it. It shares no code with the routing table, which has to agree with it.

import type { LocalEndpoint } from "./local-endpoint.ts";
import type { UrlPrefixCategory } from "./prefix-host.ts";
import type { RoutingRefusal } from "./routing-table.ts";
import type { UrlPrefix } from "./url-prefix.ts";

/** A request as it arrives. */
export interface ReferenceRequest {
  readonly endpoint: LocalEndpoint;
  readonly host: string | undefined;
  readonly target: string;
}

const searchOrder: readonly UrlPrefixCategory[] = [
  "strongWildcard",
  "explicitHost",
  "subdomainWildcard",
  "ipBound",
  "weakWildcard",
];

/** The prefix that a request is for, or why there is none. */
export function referenceMatch(
  prefixes: readonly UrlPrefix[],
  { endpoint, host, target }: ReferenceRequest,
): UrlPrefix | RoutingRefusal {
  const absolute = /^https?:\/\/(?<authority>[^/]*)(?<path>.*)$/isu.exec(target)?.groups;
  const origin = absolute?.["path"] ?? (target === "*" ? "/" : target);
  const segments = /[?#]/u.test(absolute?.["authority"] ?? "")
    ? undefined
    : cookedSegments(origin === "" && absolute !== undefined ? "/" : origin);
  if (segments === undefined) return "URL";
  const headerName = nameIn(host ?? "");
  const name = absolute === undefined ? headerName : nameIn(absolute["authority"] ?? "");
  if (headerName === undefined || name === undefined) return "Hostname";
  const forHost = prefixes.filter(
    (prefix) =>
      prefix.scheme === endpoint.scheme &&
      prefix.port === endpoint.port &&
      isForHost(prefix, name, endpoint.address),
  );
  for (const category of searchOrder) {
    const [longest] = forHost
      .filter((prefix) => prefix.category === category && covers(prefix, segments))
      .sort((a, b) => b.path.length - a.path.length);
    if (longest !== undefined) return longest;
  }
  return forHost.length > 0 ? "NotFound" : "Hostname";
}

function isForHost({ category, host }: UrlPrefix, name: string, address: string): boolean {
  if (category === "ipBound") return host === address;
  if (category === "explicitHost") return host === name;
  if (category !== "subdomainWildcard") return true;
  const labels = name.split(".");
  return labels.length > 1 && labels.slice(1).join(".") === host.slice(2);
}

function covers({ path }: UrlPrefix, segments: readonly string[]): boolean {
  return `/${segments.map((segment) => `${segment}/`).join("")}`.startsWith(path);
}

function nameIn(header: string): string | undefined {
  const found = /^(?<name>\[[0-9a-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?)(?::(?<port>\d{0,5}))?$/i.exec(
    header,
  );
  const { name, port } = found?.groups ?? {};
  if (name === undefined || Number(port ?? "") > 65_535 || header.length > 260) return undefined;
  if (name.startsWith("[") && !URL.canParse(`http://${name}/`)) return undefined;
  return name.toLowerCase().replace(/\.$/u, "");
}

function cookedSegments(target: string): readonly string[] | undefined {
  const path = target.replace(/\?.*$/su, "");
  if (!/^\/[!-~]*$/u.test(path) || path.includes("#")) return undefined;
  if (/%(?![0-9a-f]{2})/iu.test(path)) return undefined;
  const segments = path.slice(1).replace(/\/$/u, "").split("/").map(decoded);
  if (path === "/") return [];
  if (segments.length > 255 || segments.some((segment) => segment.length > 260)) return undefined;
  if (segments.some((segment) => /\p{Cc}/u.test(segment))) return undefined;
  return navigated(segments).map((segment) => segment.toLowerCase());
}

function navigated(segments: readonly string[]): readonly string[] {
  const at = segments.findIndex((segment) => segment === "." || segment === "..");
  if (at === -1) return segments.slice(segments.findIndex((segment) => segment !== ""));
  const before = segments.slice(0, at);
  const first = before.findIndex((segment) => segment !== "");
  const kept = first === -1 ? [] : before.slice(first);
  const stays = segments[at] === "." ? kept : kept.slice(0, -1);
  return navigated([...stays, ...segments.slice(at + 1)]);
}

function decoded(segment: string): string {
  return segment.replace(/(?:%[0-9a-f]{2})+/giu, (run) => {
    const bytes = Uint8Array.from(run.slice(1).split("%"), (digits) => Number.parseInt(digits, 16));
    let text = "";
    for (let at = 0; at < bytes.length;) {
      const character = [1, 2, 3, 4]
        .map((length) => utf8(bytes.subarray(at, at + length)))
        .find((each) => each !== undefined && each !== "/");
      text += character ?? run.slice(at * 3, at * 3 + 3);
      at += character === undefined ? 1 : new TextEncoder().encode(character).length;
    }
    return text;
  });
}

/** The one character that the bytes spell. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return Array.from(text).length === 1 ? text : undefined;
  } catch {
    return undefined;
  }
}
