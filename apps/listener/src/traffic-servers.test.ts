import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import type { Duplex } from "node:stream";
import test from "node:test";
import { plainEdge } from "@penstock/domain";
import { freePorts, ManualClock } from "@penstock/testing";
import { givenCertificateFiles, givenEdge } from "./edge/test-support/given-edge.ts";
import type { ListenerEvents } from "./listener-events.ts";
import { TrafficServers } from "./traffic-servers.ts";

const ADDRESS = "127.0.0.1";

const http = (port: number) => ({ port, scheme: "http" }) as const;

/** Remembers what was told of ports. */
function givenServers(handle: RequestListener = (_request, response) => response.end("ok")) {
  const told: string[] = [];
  const events: Pick<ListenerEvents, "opened" | "notOpened"> = {
    opened: (_address, port) => told.push(`opened ${port}`),
    notOpened: (port, what, remedy) => told.push(`not opened ${port}: ${what} ${remedy}`),
  };
  const clock = new ManualClock();
  const { edge, edgeEvents } = givenEdge(clock);
  const handler = { handle, handleUpgrade: (_: unknown, socket: Duplex) => socket.destroy() };
  const parts = { address: ADDRESS, handler, refuse: handle, edge, edgeEvents, clock };
  return {
    servers: new TrafficServers({ ...parts, events: events as ListenerEvents }),
    told,
    clock,
    edge,
  };
}

async function occupy(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer().listen({ host: ADDRESS, port });
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

const get = async (port: number): Promise<string> =>
  await fetch(`http://${ADDRESS}:${port}/`).then(
    (answer) => answer.text(),
    () => "refused",
  );

test("the ports of the table are open, and those that it names no more are closed", async () => {
  const [first, second] = [await freePort(), await freePort()];
  const { servers, told } = givenServers();
  await servers.follow([http(first)]);
  assert.equal(await get(first), "ok");
  await servers.follow([http(second)]);
  assert.deepEqual(servers.ports, [second]);
  assert.equal(await get(second), "ok");
  assert.equal(await get(first), "refused");
  assert.deepEqual(told, [`opened ${first}`, `opened ${second}`]);
  await servers[Symbol.asyncDispose]();
  assert.equal(await get(second), "refused");
});

test("a port in use takes only itself, says what to do, and is opened once it is free", async () => {
  const { server: other, port: taken } = await occupy();
  const free = await freePort();
  const { servers, told, clock } = givenServers();
  await servers.follow([http(taken), http(free)]);
  assert.deepEqual(servers.ports, [free]);
  assert.match(
    told[0] ?? "",
    new RegExp(`^not opened ${taken}: port ${taken} is in use by another`),
  );
  assert.match(told[0] ?? "", /End that program .* or use another port/);
  clock.advance(5000);
  await servers.follow([http(taken), http(free)]);
  assert.deepEqual(servers.ports, [free], "still in use");
  other.close();
  await once(other, "close");
  clock.advance(5000);
  await servers.follow([http(taken), http(free)]);
  assert.equal(await get(taken), "ok");
  await servers[Symbol.asyncDispose]();
  assert.equal(clock.pendingTimers, 0, "no retry is left");
});

test("a port for https waits for a certificate", async () => {
  const port = await freePort();
  const { servers, told, clock, edge } = givenServers();
  await servers.follow([{ port, scheme: "https" }]);
  assert.deepEqual(servers.ports, []);
  assert.match(told[0] ?? "", /is for https, and there is no certificate that can be used/);
  edge.use({ ...plainEdge, certificates: [givenCertificateFiles("a.example")] });
  clock.advance(5000);
  await servers.follow([{ port, scheme: "https" }]);
  assert.deepEqual(servers.ports, [port]);
  await servers[Symbol.asyncDispose]();
});

test("a port that changes what it speaks is opened anew", async () => {
  const port = await freePort();
  const { servers, edge, clock } = givenServers();
  edge.use({ ...plainEdge, certificates: [givenCertificateFiles("a.example")] });
  await servers.follow([http(port)]);
  assert.equal(await get(port), "ok");
  await servers.follow([{ port, scheme: "https" }]);
  // Its former socket may still be closing.
  while (servers.ports.length === 0) {
    clock.advance(5000);
    await servers.follow([{ port, scheme: "https" }]);
  }
  const answer = await fetch(`http://${ADDRESS}:${port}/`);
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /This port speaks https/);
  await servers[Symbol.asyncDispose]();
});

test("a stop closes idle connections and waits for the answers that run", async () => {
  const running = Promise.withResolvers<ServerResponse>();
  const { servers } = givenServers((request: IncomingMessage, response: ServerResponse) =>
    request.url === "/idle" ? response.end("ok") : running.resolve(response),
  );
  const port = await freePort();
  await servers.follow([http(port)]);
  const idle = connect(port, ADDRESS);
  idle.write("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(idle, "data");
  const answer = get(port);
  const response = await running.promise;
  assert.equal(servers.connections, 2);
  const stopped = servers[Symbol.asyncDispose]();
  await once(idle.resume(), "close");
  response.setHeader("Connection", "close");
  response.end("finished");
  assert.equal(await answer, "finished");
  await stopped;
});

test("what is still connected can be cut", async () => {
  const running = Promise.withResolvers<void>();
  const { servers } = givenServers(() => running.resolve());
  const port = await freePort();
  await servers.follow([http(port)]);
  const answer = get(port);
  await running.promise;
  const stopped = servers[Symbol.asyncDispose]();
  servers.destroyConnections();
  assert.equal(await answer, "refused");
  await stopped;
});

test("a stop does not wait for a connection on which no request has begun", async () => {
  const { servers } = givenServers();
  const port = await freePort();
  await servers.follow([http(port)]);
  const silent = connect(port, ADDRESS);
  const begun = connect(port, ADDRESS);
  begun.write("GET / HTTP/1.1\r\nHo");
  await Promise.all([once(silent, "connect"), once(begun, "connect")]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const stopped = servers[Symbol.asyncDispose]().then(() => "stopped");
  const late = new Promise((resolve) => setTimeout(() => resolve("still waiting"), 1000));
  assert.equal(await Promise.race([stopped, late]), "stopped");
  servers.destroyConnections();
  await stopped;
});

test("a stop closes a kept connection as soon as its running answer is complete", async () => {
  const running = Promise.withResolvers<ServerResponse>();
  const { servers } = givenServers((_request: IncomingMessage, response: ServerResponse) =>
    running.resolve(response),
  );
  const port = await freePort();
  await servers.follow([http(port)]);
  const answer = get(port);
  const response = await running.promise;
  const stopped = servers[Symbol.asyncDispose]().then(() => "stopped");
  await new Promise((resolve) => setTimeout(resolve, 100));
  response.end("finished");
  assert.equal(await answer, "finished");
  const late = new Promise((resolve) => setTimeout(() => resolve("still waiting"), 1000));
  assert.equal(await Promise.race([stopped, late]), "stopped");
  servers.destroyConnections();
  await stopped;
});
