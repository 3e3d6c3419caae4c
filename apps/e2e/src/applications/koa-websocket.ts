// Koa and a WebSocket server on one http.Server: pages, and a room in which everybody hears everybody.

import { createServer } from "node:http";
import Koa from "koa";
import { WebSocketServer } from "ws";

const koa = new Koa();
koa.use((context) => {
  context.body = { path: context.path, clients: sockets.clients.size };
});

const handle = koa.callback();
const server = createServer((request, response) => void handle(request, response));
const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket) => {
  socket.on("message", (message, binary) => {
    for (const client of sockets.clients) client.send(message as Buffer, { binary });
  });
});

export default server;
