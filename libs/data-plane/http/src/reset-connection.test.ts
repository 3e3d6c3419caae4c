import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { resetConnection } from "./reset-connection.ts";

/** A connection, and what becomes of its other end, which sends for ever and is not read. */
async function withPair(act: (connection: Socket, other: Socket) => Promise<void>): Promise<void> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "connection");
  const connection = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await once(connection, "connect");
  const [other] = (await accepted) as [Socket];
  const more = (): void => {
    while (other.write(Buffer.alloc(65_536)));
  };
  other.on("drain", more);
  more();
  await once(connection, "readable");
  await act(connection, other);
  assert.equal(connection.destroyed, true);
  server.close();
}

const turns: Readonly<Record<string, (connection: Socket) => void>> = {
  "at once": () => {},
  "right behind its end": (connection) => connection.end(),
  "with bytes that wait": (connection) => void connection.write(Buffer.alloc(32 << 20)),
  "with bytes that wait, and an end": (connection) => connection.end(Buffer.alloc(32 << 20)),
};

for (const [title, before] of Object.entries(turns)) {
  test(`a connection that is reset ${title} is over for its other end`, () =>
    withPair(async (connection, other) => {
      const failed = once(other, "error") as Promise<[NodeJS.ErrnoException]>;
      const gone = new Promise((resolve) => void connection.once("close", resolve));
      before(connection);
      resetConnection(connection);
      const [{ code }] = await failed.catch((thrown: unknown) => [thrown as NodeJS.ErrnoException]);
      assert.match(code ?? "", /^(?:ECONNRESET|EPIPE)$/);
      await gone;
    }));
}
