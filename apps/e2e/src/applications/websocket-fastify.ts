// A Fastify application with its WebSocket plugin: a route that echoes.

import websocket from "@fastify/websocket";
import fastify from "fastify";
import type { WebSocket } from "ws";

const application = fastify();
await application.register(websocket);
// The plugin's types are Fastify's only where both are found from one place.
const route: object = { websocket: true };
application.get("/fastify/echo", route, echo as never);

function echo(socket: WebSocket): void {
  socket.on("message", (message, binary) => socket.send(message as Buffer, { binary }));
}

export default application;
