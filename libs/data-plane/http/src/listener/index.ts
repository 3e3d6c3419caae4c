// The listener's side of HTTP: clients' requests into exchanges, answers and refusals back to them.

export { answerClientError, answerConnect } from "./client-error.ts";
export { noteClient, type PeerAddress, type TrustsProxy } from "./client-facts.ts";
export type { HttpExchange } from "./http-exchange.ts";
export { Http2Sessions, type SessionFault } from "./http2/http2-sessions.ts";
export {
  ListenerHttp,
  type HttpObserver,
  type ListenerHttpParts,
  type MatchRequest,
} from "./listener-http.ts";
export { problem, writeRefusal, type Refusal } from "./refusal.ts";
export { mayUpgrade } from "./may-upgrade.ts";
