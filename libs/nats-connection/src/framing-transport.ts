// The client's connection, whose reads end where messages end.

import { NatsConnectionImpl, setTransportFactory } from "@nats-io/nats-core/internal";
import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
import { NodeTransport, nodeResolveHost } from "@nats-io/transport-node/lib/node_transport.js";
import { MessageFraming } from "./message-framing.ts";

class FramingTransport extends NodeTransport {
  override setupHandlers(): void {
    super.setupHandlers();
    const framing = new MessageFraming();
    const take = (piece: Uint8Array): void => {
      this.yields.push(piece);
    };
    this.socket.removeAllListeners("data");
    this.socket.on("data", (read) => {
      framing.push(read, take);
      if (this.yields.length > 0) this.signal.resolve();
    });
  }
}

/** As the client's own `connect`. */
export function connect(options: ConnectionOptions): Promise<NatsConnection> {
  setTransportFactory({
    factory: () => new FramingTransport(),
    dnsResolveFn: nodeResolveHost,
  });
  return NatsConnectionImpl.connect(options);
}
