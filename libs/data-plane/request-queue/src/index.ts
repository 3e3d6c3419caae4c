// The request queue: its ports and its dispatch protocol. Pure; time and transport come in.

export type { DispatchObserver, LeavePhase, TunnelEnd } from "./dispatch-observer.ts";
export { Dispatcher, type DispatcherParts } from "./dispatcher.ts";
export { Exchange, type ExchangeState } from "./exchange.ts";
export { BODY_WINDOW, FIELDS_TEXT_MAX, RIDE_ALONG_MAX } from "./limits.ts";
export { PoolQueue } from "./pool-queue.ts";
export type {
  Defer,
  ListenerReceiver,
  ListenerTransport,
  PublishRefusal,
  QueueView,
  WaitingMessage,
  WorkerAddress,
  WorkerReceiver,
  WorkerTransport,
} from "./transport.ts";
export type {
  ApplicationHost,
  ConnectionFacts,
  ExchangeReceiver,
  RequestHead,
  ResponseHead,
  WorkerExchange,
} from "./worker-exchange.ts";
export { RequestReceiver, type RequestReceiverParts } from "./request-receiver.ts";
