// An Express application whose server leaves HTTP where it is asked to: WebSockets that echo, and a protocol
// of its own that no library knows.

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import express from "express";
import { WebSocketServer, type WebSocket } from "ws";

const application = express();
const server = createServer(application);
const sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 * 1024 });

/** Bytes that a flood has got rid of, and what became of connections. */
let flooded = 0;
const ended: string[] = [];
const deaf: Duplex[] = [];

application.get("/*path/flooded", (_request, response) => void response.send(String(flooded)));
application.get("/*path/ended", (_request, response) => void response.json(ended));
application.get("/*path/woken", (_request, response) => {
  for (const socket of deaf) socket.resume().on("end", () => socket.end("heard you"));
  response.end();
});
application.use((request, response) => void response.send(`plain ${request.method}`));

function speak(socket: WebSocket): void {
  socket.on("close", (code) => ended.push(`close ${code}`));
  socket.on("error", (error) => ended.push(`error ${error.message}`));
  socket.on("message", (message, binary) => {
    const text = binary ? "" : Buffer.from(message as Buffer).toString();
    const [word, code, reason] = text.split(":");
    if (word === "close") socket.close(Number(code), reason);
    else if (word === "terminate") socket.terminate();
    else socket.send(message as Buffer, { binary });
  });
}

/** Says what came with the head, echoes, and has the last word. */
function speakOwn(socket: Duplex, head: Buffer): void {
  let bytes = head.length;
  socket.write(`head ${String(head)};`);
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    socket.write(chunk);
  });
  socket.on("end", () => socket.end(`;${bytes} bytes, bye`));
}

function flood(socket: Duplex): void {
  const chunk = Buffer.alloc(65_536, "f");
  const more = (): void => {
    do flooded += chunk.length;
    while (socket.write(chunk));
  };
  socket.on("drain", more);
  more();
}

/** What a WebSocket's server says to its key (RFC 6455 §4.2.2). */
function accepting({ "sec-websocket-key": key }: IncomingMessage["headers"]): string {
  if (key === undefined) return "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return `Sec-WebSocket-Accept: ${accept.digest("base64")}\r\n`;
}

/** Where WebSockets are not spoken to as such: what passes is bytes. */
const BYTES = new Set<string | undefined>(["own", "flood", "deaf"]);

server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
  const path = (request.url ?? "").split("/").at(-1);
  if (path === "refused") {
    socket.end("HTTP/1.1 401 Not You\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwho?");
  } else if (request.headers.upgrade === "websocket" && !BYTES.has(path)) {
    sockets.handleUpgrade(request, socket, head, speak);
  } else {
    socket.on("error", (error: NodeJS.ErrnoException) => ended.push(`socket ${error.code}`));
    socket.write(
      `HTTP/1.1 101 Own Way\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\n${accepting(request.headers)}X-Own: 1\r\n\r\n`,
    );
    if (path === "flood") flood(socket);
    else if (path === "deaf") deaf.push(socket.pause());
    else speakOwn(socket, head);
  }
});

export default server;
