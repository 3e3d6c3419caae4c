// Which calls of the engine's API a controller may make. Pure. Whatever is not in the table is refused.
//
//   call                                          on condition that
//   -------------------------------------------   ------------------------------------------------------
//   GET    _ping                                  -
//   GET    events, containers/json                it filters by the label of one installation
//   POST   containers/create                      the container is confined (confined-container.ts)
//   GET    containers/ID/json stats               the container carries that label
//   POST   containers/ID/start stop kill wait     the same
//   POST   containers/ID/pause unpause            the same
//   POST   containers/ID/attach rename            the same
//   PUT    containers/ID/archive                  the same, and into /run/secrets
//   DELETE containers/ID                          the same
//   GET    images/NAME/json                       -
//   POST   images/create                          it pulls, and does not import

/** The label that all containers of an installation carry. */
export const INSTALLATION = "io.penstock.installation";

/** A call. The path is without the API's version. */
export interface EngineCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What a call needs so that it may be made. */
export type Permit =
  | { readonly kind: "free" }
  /** It filters by this installation, which has to be the one. */
  | { readonly kind: "filtered"; readonly installation: string }
  /** Its body has to be looked at. */
  | { readonly kind: "creates" }
  /** This container has to be one of the installation. */
  | { readonly kind: "touches"; readonly container: string }
  | { readonly kind: "refused" };

const VERBS = new Set([
  "GET json",
  "GET stats",
  "POST start",
  "POST stop",
  "POST kill",
  "POST pause",
  "POST unpause",
  "POST wait",
  "POST attach",
  "POST rename",
  "PUT archive",
]);

/** Where secrets of an unmodified image go: the only folder that may be written into. */
const SECRETS = "/run/secrets";

const REFUSED: Permit = { kind: "refused" };
const FREE: Permit = { kind: "free" };

/** What the call needs. */
export function permitOf({ method, path, query }: EngineCall): Permit {
  const call = `${method} ${path}`;
  if (call === "GET /_ping") return FREE;
  if (call === "GET /events" || call === "GET /containers/json") return filtered(query);
  if (call === "POST /containers/create") return { kind: "creates" };
  // An import brings files of the caller's own under any name.
  if (call === "POST /images/create") return query.has("fromSrc") ? REFUSED : FREE;
  if (method === "GET" && /^\/images\/[\w.:@%-]+\/json$/.test(path)) return FREE;
  const [, container = "", verb] = /^\/containers\/([\w.-]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (container === "") return REFUSED;
  const touches: Permit = { kind: "touches", container };
  if (verb === undefined) return method === "DELETE" ? touches : REFUSED;
  if (!VERBS.has(`${method} ${verb}`)) return REFUSED;
  return verb === "archive" && query.get("path") !== SECRETS ? REFUSED : touches;
}

function filtered(query: URLSearchParams): Permit {
  const labels = labelsOf(query.get("filters") ?? "");
  const prefix = `${INSTALLATION}=`;
  const [label = "", ...more] = labels;
  return label.startsWith(prefix) && more.length === 0
    ? { kind: "filtered", installation: label.slice(prefix.length) }
    : REFUSED;
}

function labelsOf(filters: string): string[] {
  try {
    const { label } = JSON.parse(filters) as { label?: unknown };
    return Array.isArray(label) ? label.map(String) : [];
  } catch {
    return [];
  }
}
