// What tests share. Nothing here is imported by code that runs in production.

export {
  aCertificate,
  writeCertificate,
  type CertificateChanges,
  type TestCertificate,
} from "./a-certificate.ts";
export { aPool, defaultContainer, type PoolChanges } from "./a-pool.ts";
export { close, freePorts, isTaken, occupy } from "./free-ports.ts";
export { ManualClock } from "./manual-clock.ts";
export { fieldBlock, Flag, Frame, frame, GET, RawHttp2 } from "./raw-http2.ts";
export { untilWithin, type Until } from "./until.ts";
