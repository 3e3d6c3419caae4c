// The listener's side of HTTP: clients' requests into exchanges, answers and refusals back to them.

export { ClientErrors } from "./client-error.ts";
export { clientFacts, noteClient, type PeerAddress, type TrustsProxy } from "./client-facts.ts";
export { connectionState } from "./connection-state.ts";
export type { ConnectionExpiry } from "./connection-clock.ts";
export type { HttpExchange } from "./http-exchange.ts";
export { Http2Sessions, type SessionFault } from "./http2/http2-sessions.ts";
export {
  ListenerHttp,
  type HttpObserver,
  type ListenerHttpParts,
  type MatchRequest,
} from "./listener-http.ts";
export { httpSysLimits, type RequestLimits } from "./request-limits.ts";
export { ServedUrlGroup } from "./served-url-group.ts";
export { VersionSplit } from "./version-split.ts";
export { problem, writeRefusal, type Refusal } from "./refusal.ts";
export { mayUpgrade } from "./may-upgrade.ts";
