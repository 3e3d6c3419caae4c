import assert from "node:assert/strict";
import { once } from "node:events";
import { renameSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { suite, test } from "node:test";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { plainEdge } from "@penstock/domain";
import { untilWithin } from "@penstock/testing";
import { givenCertificateFiles } from "./test-support/given-edge.ts";
import { givenFront, talk, type Handle } from "./test-support/given-front.ts";

const until = untilWithin(10_000);
const REFUSED = "penstock_listener_connections_refused_total";
const GET = "GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n";

const echo: Handle = (request, response) =>
  response.end(`${request.url} of ${(request.socket as TLSSocket).encrypted ? "TLS" : "TCP"}`);

const plain = async (port: number): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
};

const hostOf = (socket: TLSSocket): string => String(socket.getPeerCertificate().subject.CN);

const trusting = (port: number) => ({
  trustedProxies: ["127.0.0.0/8"],
  proxyProtocolPorts: [port],
});

suite("TLS", () => {
  test("a request is answered over TLS, in the versions that are sound", async () => {
    await using front = await givenFront(echo);
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const socket = await front.handshake({ minVersion: version, maxVersion: version });
      assert.equal(socket.getProtocol(), version);
      assert.match(await talk(socket, GET), /^HTTP\/1.1 200 OK[^]*\/ of TLS$/);
    }
    for (const version of ["TLSv1", "TLSv1.1"] as const) {
      const old = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" };
      await assert.rejects(front.handshake(old));
    }
    await until(
      "both were counted",
      async () => (await front.counted(`${REFUSED}{reason="tls"}`)) >= 2,
    );
  });

  test("the client chooses between HTTP/2 and HTTP/1.1", async () => {
    await using front = await givenFront(echo);
    const offers = [
      [["h2", "http/1.1"], "h2"],
      [["http/1.1", "h2"], "h2"],
      [["http/1.1"], "http/1.1"],
      [undefined, false],
    ] as const;
    for (const [offered, chosen] of offers) {
      const socket = await front.handshake(offered ? { ALPNProtocols: [...offered] } : {});
      assert.equal(socket.alpnProtocol, chosen);
      socket.destroy();
    }
  });

  test("a client gets the certificate of the host that it asks for, else the default", async () => {
    await using front = await givenFront(echo);
    front.edge.use({
      ...plainEdge,
      certificates: [
        givenCertificateFiles("first.example"),
        givenCertificateFiles("shop.example"),
        givenCertificateFiles("*.wild.example"),
      ],
    });
    const rows = [
      ["shop.example", "shop.example"],
      ["a.wild.example", "*.wild.example"],
      ["other.example", "first.example"],
      ["", "first.example"],
    ] as const;
    for (const [servername, expected] of rows) {
      const socket = await front.handshake({ servername, rejectUnauthorized: false });
      assert.equal(hostOf(socket), expected, `for "${servername}"`);
      socket.destroy();
    }
    front.edge.use({
      ...plainEdge,
      certificates: [
        givenCertificateFiles("shop.example"),
        { ...givenCertificateFiles("named.example"), host: "*" },
      ],
    });
    for (const servername of ["other.example", ""]) {
      const socket = await front.handshake({ servername, rejectUnauthorized: false });
      assert.equal(hostOf(socket), "named.example");
      socket.destroy();
    }
  });

  test("a certificate that is renewed is shown to new connections, and open ones go on", async () => {
    await using front = await givenFront(echo);
    const files = givenCertificateFiles("renewed.example");
    front.edge.use({ ...plainEdge, certificates: [files] });
    const options = { servername: "renewed.example", rejectUnauthorized: false };
    const before = await front.handshake(options);
    const fingerprint = before.getPeerCertificate().fingerprint256;
    const next = givenCertificateFiles("next.example");
    renameSync(next.cert, files.cert);
    front.clock.advance(5000);
    assert.ok(
      front.lines.some(
        (line) => line.includes("certificate.not_loaded") && line.includes("does not belong"),
      ),
      "a renewal that is half done is told",
    );
    const during = await front.handshake(options);
    assert.equal(during.getPeerCertificate().fingerprint256, fingerprint, "and leaves the former");
    renameSync(next.key, files.key);
    front.clock.advance(5000);
    const named = await front.handshake(options);
    const unnamed = await front.handshake({ ...options, servername: "" });
    for (const socket of [named, unnamed]) {
      assert.equal(hostOf(socket), "next.example");
      socket.destroy();
    }
    during.destroy();
    assert.match(
      await talk(before, GET),
      /^HTTP\/1.1 200 OK/,
      "the connection from before goes on",
    );
  });

  test("plain http on a port of https is told so in plain text", async () => {
    await using front = await givenFront(echo);
    const answer = await talk(await plain(front.port), GET);
    assert.match(answer, /^HTTP\/1.1 400 Bad Request\r\nContent-Type: text\/plain/);
    assert.match(
      answer,
      /This port speaks https, and the request was plain http. Ask with https:\/\/.\n$/,
    );
    assert.equal(await front.counted(`${REFUSED}{reason="plain_http"}`), 1);
  });

  test("what is neither is closed without a word", async () => {
    await using front = await givenFront(echo);
    assert.equal(await talk(await plain(front.port), Buffer.of(0, 1, 2, 3)), "");
    const noHello = await talk(await plain(front.port), Buffer.of(0x16, 3, 1, 0, 4, 9, 9, 9, 9));
    assert.doesNotMatch(noHello, /HTTP/);
  });

  test("a handshake that comes byte by byte is a handshake", async () => {
    await using front = await givenFront(echo);
    const socket = await plain(front.port);
    const secured = connectTls({ socket, ca: front.ca, servername: "shop.example" });
    assert.match(await talk(secured, GET), /200 OK/);
  });

  test("a stop says GOAWAY, and streams that run are finished", async () => {
    const running = Promise.withResolvers<() => void>();
    await using front = await givenFront((_request, response) =>
      running.resolve(() => response.end("finished")),
    );
    const session = front.http2();
    const goaway = once(session, "goaway");
    const stream = session.request({ ":path": "/" });
    let text = "";
    stream.setEncoding("utf8").on("data", (part: string) => (text += part));
    const finish = await running.promise;
    const idle = await front.handshake();
    const stopped = front.server[Symbol.asyncDispose]();
    await goaway;
    await once(idle.resume(), "close");
    assert.equal(front.server.http2Connections, 1);
    finish();
    await once(stream, "close");
    assert.equal(text, "finished");
    await stopped;
    const { server } = front;
    await until("all are gone", () => server.connections + server.http2Connections === 0);
  });
});

suite("PROXY header", () => {
  const HEADER = "PROXY TCP4 203.0.113.9 192.0.2.1 50000 443\r\n";

  test("the header is taken off, also in pieces, and what follows it is read", async () => {
    await using front = await givenFront(echo, {}, "http");
    front.edge.use({ ...plainEdge, ...trusting(front.port) });
    assert.match(await talk(await plain(front.port), HEADER + GET), /200 OK[^]*\/ of TCP$/);
    const socket = await plain(front.port);
    socket.setNoDelay(true);
    for (const part of (HEADER + GET).match(/[^]{1,7}/g) ?? []) {
      socket.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.match(await talk(socket, ""), /200 OK[^]*\/ of TCP$/);
  });

  test("TLS may follow it", async () => {
    await using front = await givenFront(echo);
    front.edge.use({
      certificates: [givenCertificateFiles("shop.example")],
      ...trusting(front.port),
    });
    const socket = await plain(front.port);
    socket.write(HEADER);
    const secured = connectTls({ socket, rejectUnauthorized: false });
    assert.match(await talk(secured, GET), /200 OK[^]*\/ of TLS$/);
  });

  test("without it, or with a malformed one, a proxy's connection is closed and counted", async () => {
    await using front = await givenFront(echo, {}, "http");
    front.edge.use({ ...plainEdge, ...trusting(front.port) });
    for (const wrong of [GET, "PROXY TCP4 nonsense\r\n", "PROXY TCP4 ::1 ::1 1 2\r\n"])
      assert.equal(await talk(await plain(front.port), wrong + GET), "");
    assert.equal(await front.counted(`${REFUSED}{reason="proxy_header"}`), 3);
  });

  test("nobody else may send one", async () => {
    await using front = await givenFront(echo, {}, "http");
    const elsewhere = { trustedProxies: ["192.0.2.0/24"], proxyProtocolPorts: [front.port] };
    front.edge.use({ ...plainEdge, ...elsewhere });
    assert.match(await talk(await plain(front.port), HEADER + GET), /^HTTP\/1.1 501/);
    assert.match(await talk(await plain(front.port), GET), /^HTTP\/1.1 200/);
  });

  test("a connection that ends before its header is only closed", async () => {
    await using front = await givenFront(echo, {}, "http");
    front.edge.use({ ...plainEdge, ...trusting(front.port) });
    const socket = await plain(front.port);
    socket.end("PROXY TCP4");
    await once(socket.resume(), "close");
    await until("it is gone", () => front.server.connections === 0);
  });
});
