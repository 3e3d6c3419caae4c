// The program that moves bodies: `node transfer-process.ts <port> <download|upload> <connections> <seconds>`. Plain
// sockets, so that it takes little of the processor. Prints a Transfer.

import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Transfer } from "./transfer.ts";

/** How long the answers may take after the last byte of an upload, milliseconds. */
const LAST_MS = 20_000;

const [port = "", direction = "", connections = "", seconds = ""] = process.argv.slice(2);
const block = Buffer.concat([
  Buffer.from("10000\r\n"),
  Buffer.alloc(0x10000, "x"),
  Buffer.from("\r\n"),
]);
/** What the application counted is what came through. */
const counted = /^HTTP\/1\.1 200 [^]*\r\n\r\n(?:[0-9a-f]+\r\n)?(\d+)\n/;
let bytes = 0;
let failed = 0;
let ending = false;

const isOver = (): boolean => ending;

async function download(socket: Socket): Promise<void> {
  socket.write(`GET /download HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  let first = true;
  socket.on("data", (chunk: Buffer) => {
    if (first && !chunk.toString("latin1").startsWith("HTTP/1.1 200 ")) socket.destroy();
    first = false;
    bytes += chunk.length;
  });
  await closed(socket);
  if (!ending) failed++;
}

async function upload(socket: Socket): Promise<void> {
  socket.write(
    `POST /upload HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  let answer = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    answer += text;
    if (counted.test(answer)) socket.destroy();
  });
  const over = closed(socket);
  let ended = false;
  const send = (): void => {
    if (ended) return;
    do if (!socket.write(block)) return;
    while (!isOver());
    ended = true;
    socket.write("0\r\n\r\n");
  };
  socket.on("drain", send);
  send();
  await over;
  const received = counted.exec(answer)?.[1];
  if (received === undefined) failed++;
  else bytes += Number(received);
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => {});
    socket.once("close", () => resolve());
  });
}

const sockets = Array.from({ length: Number(connections) }, () =>
  connect({ host: "127.0.0.1", port: Number(port), noDelay: true }),
);
const began = performance.now();
const all = sockets.map((socket) => (direction === "upload" ? upload(socket) : download(socket)));
await pause(Number(seconds) * 1000);
ending = true;
if (direction === "download") for (const socket of sockets) socket.destroy();
const limit = setTimeout(() => sockets.forEach((socket) => socket.destroy()), LAST_MS);
await Promise.all(all);
clearTimeout(limit);
const result: Transfer = { bytes, seconds: (performance.now() - began) / 1000, failed };
process.stdout.write(`${JSON.stringify(result)}\n`);
