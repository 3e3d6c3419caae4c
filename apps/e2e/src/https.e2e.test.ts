// https from outside: the same application over HTTP/1.1, HTTP/2 and plain http, a certificate that is renewed
// while clients are connected, a proxy in front that is believed, and what a client of HTTP/2 can put into a
// queue by opening and resetting.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect as connectHttp2, type ClientHttp2Session } from "node:http2";
import { connect } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import {
  aCertificate,
  fieldBlock,
  Flag,
  Frame,
  frame,
  RawHttp2,
  writeCertificate,
} from "@penstock/testing";
import { eventually } from "./support/eventually.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const CERTIFICATE = aCertificate(["shop.example", "127.0.0.1"]);

/** GET https://a/ with the static table's fields (RFC 7541 appendix A), and a CONNECT there for a WebSocket. */
const GET = Buffer.of(0x82, 0x87, 0x84, 0x41, 1, 97);
const CONNECT = Buffer.concat([
  fieldBlock([
    [":method", "CONNECT"],
    [":protocol", "websocket"],
  ]),
  GET.subarray(1),
]);

interface Seen {
  readonly method: string;
  readonly rawHeaders: readonly string[];
  readonly rawTrailers: readonly string[];
  readonly body: string;
}

/** https on the first port; on the second one http, where a proxy on this machine sends a PROXY header. */
function configuration(place: Place): string {
  writeCertificate(join(place.folder, "shop"), CERTIFICATE);
  return JSON.stringify({
    version: 1,
    applicationPools: {
      shop: {
        urls: [`https://+:${place.port}/`, `http://+:${place.otherPort}/`],
        module: place.application("fidelity"),
        processModel: { maxProcesses: 1 },
      },
    },
    tls: { certificates: [{ host: "shop.example", cert: "shop.crt", key: "shop.key" }] },
    listener: { trustedProxies: ["127.0.0.1"], proxyProtocolPorts: [place.otherPort] },
  });
}

const field = ({ rawHeaders }: Seen, wanted: string): string[] =>
  rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === wanted);

test("an application is served over https, and renewal, proxies and floods leave it in peace", () =>
  withPenstock(configuration, async (penstock) => {
    await sameForEveryProtocol(penstock);
    await throughProxies(penstock);
    await renewed(penstock);
    await bounded(penstock, GET);
    await bounded(penstock, CONNECT);
  }));

async function sameForEveryProtocol({ port, workspace }: Penstock): Promise<void> {
  const url = `https://127.0.0.1:${port}/shop/seen?a=b`;
  for (const protocol of ["--http1.1", "--http2"]) {
    const ca = join(workspace.folder, "shop.crt");
    const told = ["--data-binary", "a body", "--header", "X-One: 1"];
    const asked = ["--silent", "--show-error", "--cacert", ca, protocol, url];
    const { stdout } = await promisify(execFile)("curl", [
      ...told,
      ...asked,
      "--write-out",
      "\n%{http_version}",
    ]);
    const [body = "", version] = stdout.split("\n");
    const seen = JSON.parse(body) as Seen;
    assert.equal(version, protocol === "--http2" ? "2" : "1.1");
    assert.deepEqual([seen.method, seen.body, field(seen, "x-one")], ["POST", "a body", ["1"]]);
    assert.deepEqual(field(seen, "x-forwarded-proto"), ["https"]);
    assert.deepEqual(field(seen, "host"), [`127.0.0.1:${port}`]);
  }
  const session = http2(port);
  const stream = session.request(
    { ":method": "POST", ":path": "/shop/seen", cookie: ["a=1", "b=2"] },
    {
      endStream: false,
      waitForTrailers: true,
    },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "9" }));
  stream.end("streamed");
  const seen = JSON.parse(await textOf(stream)) as Seen;
  assert.deepEqual([seen.body, seen.rawTrailers], ["streamed", ["x-sum", "9"]]);
  assert.deepEqual(field(seen, "cookie"), ["a=1; b=2"]);
  assert.deepEqual(field(seen, "transfer-encoding"), ["chunked"]);
  const answer = session.request({ ":path": "/shop/trailers" });
  const trailers = once(answer, "trailers");
  assert.equal(await textOf(answer), "first,second");
  assert.ok((await trailers)[0]["x-sum"]);
  session.destroy();
}

async function throughProxies({ place }: Penstock): Promise<void> {
  const socket = connect(place.otherPort, "127.0.0.1");
  socket.write("PROXY TCP4 203.0.113.9 192.0.2.1 50000 80\r\n");
  socket.write(
    "GET /shop/seen HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.0.0.1\r\nConnection: close\r\n\r\n",
  );
  const seen = JSON.parse((await textOf(socket)).split("\r\n\r\n")[1] ?? "") as Seen;
  // The proxy named a client that nobody trusts: what that says of others is not believed.
  assert.deepEqual(field(seen, "x-forwarded-for"), ["203.0.113.9"]);
  const session = http2(place.port);
  const stream = session.request({ ":path": "/shop/seen", "x-forwarded-for": "203.0.113.7" });
  const trusted = JSON.parse(await textOf(stream)) as Seen;
  assert.deepEqual(field(trusted, "x-forwarded-for"), ["203.0.113.7, 127.0.0.1"]);
  session.destroy();
}

async function renewed({ port, workspace }: Penstock): Promise<void> {
  const before = await handshake(port);
  const next = aCertificate(["shop.example", "127.0.0.1"]);
  writeFileSync(join(workspace.folder, "shop.crt"), next.cert);
  writeFileSync(join(workspace.folder, "shop.key"), next.key);
  const fingerprint = before.getPeerCertificate().fingerprint256;
  const look = async () => {
    const socket = await handshake(port);
    const shown = socket.getPeerCertificate().fingerprint256;
    socket.destroy();
    return shown;
  };
  await eventually("the new certificate is shown", look, {
    found: (shown) => shown !== fingerprint,
    withinMs: 20_000,
  });
  before.write("GET /shop/seen HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.match(await textOf(before), /^HTTP\/1.1 200/, "the connection from before goes on");
}

/** Streams opened and reset at once are bounded in the messages that they put into queues. */
async function bounded(penstock: Penstock, head: Buffer): Promise<void> {
  const enqueued = async () =>
    (await penstock.metrics("listener")).value('penstock_queue_enqueued_total{pool="shop"}') ?? 0;
  const before = await enqueued();
  const client = new RawHttp2(await handshake(penstock.port, ["h2"]));
  let opened = 0;
  for (; opened < 10_000 && !client.socket.destroyed; opened++) {
    const id = opened * 2 + 1;
    client.send(
      frame(Frame.headers, Flag.endHeaders | (head === GET ? Flag.endStream : 0), id, head),
    );
    // Apart, so that the listener sees a request that lives.
    await new Promise((resolve) => setImmediate(resolve));
    client.send(frame(Frame.rstStream, 0, id, Buffer.of(0, 0, 0, 8)));
  }
  await client.ended;
  const reached = (await enqueued()) - before;
  assert.ok(reached <= 300, `${reached} of ${opened} streams reached the queue`);
  const after = http2(penstock.port);
  assert.ok(await textOf(after.request({ ":path": "/shop/seen" })), "others are served");
  after.destroy();
}

function http2(port: number): ClientHttp2Session {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on("error", () => {});
  return session;
}

async function handshake(port: number, ALPNProtocols = ["http/1.1"]): Promise<TLSSocket> {
  const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false, ALPNProtocols });
  await once(socket, "secureConnect");
  return socket;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const part of stream.setEncoding("utf8")) text += String(part);
  return text;
}
