// Everything that crosses a process: subjects, request envelopes, frames, reports, the routing record.

export { FRAME_BODY_MAX, FrameWriter, type FrameNumbers } from "./frame-writer.ts";
export {
  ClaimFlag,
  EndFlag,
  FRAME_HEADER,
  HeadFlag,
  readFrames,
  readHead,
  readTrailers,
  ToListener,
  ToWorker,
  type FrameCursor,
  type FrameVisitor,
} from "./frame.ts";
export { WORKER_REPORT_MS } from "@penstock/domain";
export {
  decodeListenerLoad,
  decodePoolEvent,
  decodeWorkerOrder,
  decodeWorkerReport,
  encodeJson,
  type ListenerLoad,
  type PoolEvent,
  type PoolLoad,
  type WorkerOrder,
  type WorkerReport,
} from "./reports.ts";
export {
  decodeRequest,
  encodeRequest,
  exchangeOf,
  RequestFlag,
  type EnvelopeNumbers,
  type MalformedEnvelope,
  type RequestEnvelope,
} from "./request-envelope.ts";
export {
  decodePoolState,
  decodeRoutingRecord,
  type PoolState,
  type RoutedCanary,
  type RoutedPool,
  type RoutingRecord,
} from "./routing-record.ts";
export * from "./subjects.ts";
