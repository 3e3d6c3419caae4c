// The request queue: its ports and its dispatch protocol. Pure; time and transport come in.

export type {
  ApplicationHost,
  ConnectionFacts,
  ExchangeReceiver,
  RequestHead,
  ResponseHead,
  WorkerExchange,
} from "./worker-exchange.ts";
