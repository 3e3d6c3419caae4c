// Connections to the application that are heard to their end. An application may answer and close before it has
// read a request's body (RFC 9112 §9.5: a client keeps reading). What is written then fails, and Node would
// throw away, with the connection, the answer that lies in its receive buffer.
/* oxlint-disable no-underscore-dangle -- Node calls a stream's implementation by these names */

import { connect, type Socket, type TcpNetConnectOpts } from "node:net";

type Write = (chunk: never, encoding: never, done: (error?: Error | null) => void) => void;
type WriteMany = (chunks: never, done: (error?: Error | null) => void) => void;

/** Makes a connection whose failed writes leave the say to what is read: an answer, an end or a reset. */
export function heardConnection(options: TcpNetConnectOpts): Socket {
  const socket = connect(options);
  const writable = socket as unknown as { _write: Write; _writev: WriteMany };
  const write = writable._write.bind(socket);
  const writeMany = writable._writev.bind(socket);
  writable._write = (chunk, encoding, done) => write(chunk, encoding, forgiving(done));
  writable._writev = (chunks, done) => writeMany(chunks, forgiving(done));
  return socket;
}

/** The other side reads no more. Whether it said something before, the reading side finds. */
const CLOSED: ReadonlySet<unknown> = new Set(["EPIPE", "ECONNRESET"]);

function forgiving(done: (error?: Error | null) => void): (error?: Error | null) => void {
  return (error) => {
    const closed = error && CLOSED.has((error as NodeJS.ErrnoException).code);
    done(closed ? null : error);
  };
}
