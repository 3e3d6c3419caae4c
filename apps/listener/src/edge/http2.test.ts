// HTTP/2 as its clients see it, and what the request path is given: one kind of request and of answer.

import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ClientHttp2Session, OutgoingHttpHeaders } from "node:http2";
import { suite, test } from "node:test";
import { untilWithin } from "@penstock/testing";
import { closed, givenFront, type Handle } from "./test-support/given-front.ts";

const until = untilWithin(10_000);

/** An answer, read to its end. */
async function ask(
  session: ClientHttp2Session,
  fields: OutgoingHttpHeaders = {},
  body?: string | Buffer,
) {
  const stream = session.request(fields, { endStream: body === undefined });
  const seen = {
    status: 0,
    fields: {} as Record<string, unknown>,
    trailers: {} as Record<string, unknown>,
    body: "",
    interim: [] as number[],
    code: 0,
  };
  stream.on("headers", (interim) => seen.interim.push(Number(interim[":status"])));
  stream.on("response", (head) =>
    Object.assign(seen, { status: Number(head[":status"]), fields: head }),
  );
  stream.on("trailers", (trailers) => Object.assign(seen, { trailers }));
  stream.on("error", () => {});
  stream.setEncoding("utf8").on("data", (part: string) => (seen.body += part));
  if (body !== undefined) stream.end(body);
  await closed(stream);
  seen.code = stream.rstCode;
  return seen;
}

/** Opens a port, asks it once, closes. */
async function asked(handle: Handle, fields: OutgoingHttpHeaders = {}, body?: string) {
  await using front = await givenFront(handle);
  const session = front.http2();
  const seen = await ask(session, fields, body);
  return seen;
}

/** What the request path was given, as JSON. */
const tell: Handle = (request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (part: string) => (body += part));
  request.on("end", () =>
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        raw: request.rawHeaders,
        headers: request.headers,
        trailers: request.rawTrailers,
        complete: request.complete,
        body,
      }),
    ),
  );
};

/** An application that decides to have the body, and tells what it was asked. */
const allow: Handle = (request, response) => {
  response.writeContinue();
  tell(request, response);
};

interface Told {
  readonly method: string;
  readonly url: string;
  readonly raw: string[];
  readonly headers: Record<string, string>;
  readonly trailers: string[];
  readonly complete: boolean;
  readonly body: string;
}

const told = async (fields: OutgoingHttpHeaders, body?: string): Promise<Told> =>
  JSON.parse((await asked(tell, fields, body)).body) as Told;

suite("a request", () => {
  test("has a Host, its target, and its fields in their order", async () => {
    const request = await told({ ":path": "/a?b=%20", "x-one": "1", "x-two": ["2", "3"] });
    assert.deepEqual([request.method, request.url], ["GET", "/a?b=%20"]);
    const { host } = request.headers;
    assert.match(host ?? "", /^shop.example:\d+$/);
    assert.deepEqual(request.raw, ["host", host, "x-one", "1", "x-two", "2", "x-two", "3"]);
    assert.equal(request.complete, true);
  });

  test("has one Cookie of all crumbs", async () => {
    const request = await told({ cookie: ["a=1", "b=2", "c=3"] });
    assert.equal(request.headers["cookie"], "a=1; b=2; c=3");
    assert.equal(request.raw.filter((name) => name === "cookie").length, 1);
  });

  test("has its body, chunked when its length is not known", async () => {
    const open = await told({ ":method": "POST" }, "some text");
    assert.deepEqual([open.body, open.headers["transfer-encoding"]], ["some text", "chunked"]);
    const measured = await told({ ":method": "POST", "content-length": 4 }, "text");
    assert.deepEqual([measured.body, measured.headers["transfer-encoding"]], ["text", undefined]);
  });

  test("has its trailers", async () => {
    await using front = await givenFront(tell);
    const session = front.http2();
    const stream = session.request(
      { ":method": "POST" },
      { endStream: false, waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "9", "x-more": ["1", "2"] }));
    let text = "";
    stream.setEncoding("utf8").on("data", (part: string) => (text += part));
    stream.end("body");
    await closed(stream);
    const { trailers } = JSON.parse(text) as Told;
    assert.deepEqual(trailers, ["x-sum", "9", "x-more", "1", "x-more", "2"]);
  });

  test("that asks first gets its 100 when the application says so", async () => {
    const seen = await asked(allow, { ":method": "POST", expect: "100-continue" }, "text");
    assert.deepEqual(seen.interim, [100]);
    assert.equal((JSON.parse(seen.body) as Told).body, "text");
  });

  const refused: readonly (readonly [
    title: string,
    fields: OutgoingHttpHeaders,
    status: number,
    reason: string,
  ])[] = [
    ["of a method that nobody knows", { ":method": "BREW" }, 501, "Verb"],
    ["for a tunnel", { ":method": "CONNECT", ":authority": "a:1" }, 501, "Verb"],
    ["with another Host", { ":authority": "a.example", host: "other.example" }, 400, "BadRequest"],
    ["of plain http", { ":scheme": "http" }, 400, "BadRequest"],
    ["with too large a header", { "x-large": "x".repeat(17_000) }, 431, "FieldLength"],
  ];
  for (const [title, fields, status, reason] of refused) {
    test(`${title} is refused with ${reason}`, async () => {
      const seen = await asked(() => assert.fail("it was handled"), fields);
      assert.equal(seen.status, status);
      assert.equal(seen.fields["content-type"], "application/problem+json");
      assert.equal((JSON.parse(seen.body) as { reason: string }).reason, reason);
    });
  }

  test("that is not read holds its client back", async () => {
    const taken = Promise.withResolvers<IncomingMessage>();
    await using front = await givenFront((request) => taken.resolve(request));
    const session = front.http2();
    const stream = session.request({ ":method": "POST" }, { endStream: false });
    const size = 8 << 20;
    stream.end(Buffer.alloc(size));
    const request = await taken.promise;
    await until(
      "its window is full",
      () =>
        session.state.remoteWindowSize === 0 ||
        stream.state.localWindowSize === 0 ||
        (stream.state as { remoteWindowSize?: number }).remoteWindowSize === 0,
    );
    assert.equal(stream.writableFinished, false);
    let came = 0;
    request.on("data", (chunk: Buffer) => (came += chunk.length));
    await once(request, "end");
    assert.equal(came, size);
  });

  test("whose client leaves ends its answer", async () => {
    const taken = Promise.withResolvers<ServerResponse>();
    await using front = await givenFront((_request, response) => taken.resolve(response));
    const session = front.http2();
    const stream = session.request();
    stream.on("error", () => {});
    const response = await taken.promise;
    const left = once(response, "close");
    stream.close(8);
    await left;
    assert.equal(response.destroyed, true);
    response.writeHead(200, ["x-late", "1"]);
    response.end("nobody reads this");
  });
});

suite("an answer", () => {
  test("has its fields, several of a name, and none about a connection", async () => {
    const seen = await asked((_request, response) => {
      response.writeHead(201, "Made", [
        "Set-Cookie", "a=1", "Set-Cookie", "b=2", "X-One", "1",
        "Connection", "keep-alive", "Keep-Alive", "timeout=5", "Transfer-Encoding", "chunked",
      ]); // prettier-ignore
      response.end("body");
    });
    assert.deepEqual([seen.status, seen.body], [201, "body"]);
    assert.deepEqual(seen.fields["set-cookie"], ["a=1", "b=2"]);
    assert.equal(seen.fields["x-one"], "1");
    assert.ok(seen.fields["date"]);
    for (const name of ["connection", "keep-alive", "transfer-encoding"])
      assert.equal(seen.fields[name], undefined);
  });

  test("of many chunks and trailers arrives whole", async () => {
    const seen = await asked((_request, response) => {
      response.writeHead(200, ["Trailer", "X-Sum"]);
      for (let i = 0; i < 100; i++) response.write(Buffer.alloc(1000, 97));
      response.addTrailers([
        ["X-Sum", "1"],
        ["X-Sum", "2"],
      ]);
      response.end();
    });
    assert.equal(seen.body.length, 100_000);
    assert.equal(seen.trailers["x-sum"], "1, 2");
  });

  for (const [title, fields, status] of [
    ["to HEAD", { ":method": "HEAD" }, 200],
    ["of 204", {}, 204],
    ["of 304", {}, 304],
  ] as const) {
    test(`${title} has no body, whatever is written`, async () => {
      const seen = await asked((_request, response) => {
        response.writeHead(status, ["Content-Length", "5", "X-One", "1"]);
        assert.equal(response.write("hello"), true);
        response.end("more");
      }, fields);
      assert.deepEqual([seen.status, seen.body, seen.fields["x-one"]], [status, "", "1"]);
      assert.equal(seen.code, 0);
    });
  }

  test("that is no HTTP is not begun, and a refusal can follow", async () => {
    const seen = await asked((_request, response) => {
      assert.throws(() => response.writeHead(200, ["x-bad", "a\nb"]));
      assert.throws(() => response.writeHead(200, ["x bad", "a"]));
      assert.equal(response.headersSent, false);
      response.writeHead(502, ["X-One", "1"]);
      response.end();
    });
    assert.equal(seen.status, 502);
  });

  test("that comes early ends the request", async () => {
    await using front = await givenFront((_request, response) => {
      response.writeHead(413, []);
      response.end("too large");
    });
    const session = front.http2();
    const stream = session.request({ ":method": "POST" }, { endStream: false });
    stream.on("error", () => {});
    stream.write(Buffer.alloc(1000));
    let text = "";
    stream.setEncoding("utf8").on("data", (part: string) => (text += part));
    await closed(stream);
    assert.deepEqual([text, stream.rstCode], ["too large", 0]);
    assert.equal((await ask(session)).status, 413, "other streams go on");
  });

  test("that is cut is a reset, and other streams go on", async () => {
    await using front = await givenFront((request, response) => {
      if (request.url !== "/cut") {
        response.end("ok");
        return;
      }
      response.writeHead(200, []);
      response.write("half");
      setImmediate(() => response.destroy());
    });
    const session = front.http2();
    const cut = await ask(session, { ":path": "/cut" });
    assert.deepEqual([cut.status, cut.code], [200, 2]);
    assert.equal((await ask(session)).body, "ok");
  });

  test("that is not read waits, and drains", async () => {
    const taken = Promise.withResolvers<ServerResponse>();
    await using front = await givenFront((_request, response) => taken.resolve(response));
    const session = front.http2();
    const stream = session.request();
    const response = await taken.promise;
    response.writeHead(200, []);
    let written = 0;
    while (response.write(Buffer.alloc(16_384))) written += 16_384;
    assert.ok(written < 4 << 20, `${written} bytes were taken without a reader`);
    const drained = once(response, "drain");
    stream.resume();
    await drained;
    response.end();
    await closed(stream);
  });

  test("may have interim ones before it", async () => {
    const seen = await asked((_request, response) => {
      response.writeInformation(103, ["Link", "</a>; rel=preload"]);
      response.writeHead(200, []);
      response.end();
    });
    assert.deepEqual([seen.interim, seen.status], [[103], 200]);
  });

  test("that shall be the connection's last is followed by GOAWAY", async () => {
    await using front = await givenFront((_request, response) => {
      response.writeHead(200, ["Connection", "close"]);
      response.end("last");
    });
    const session = front.http2();
    const [seen] = await Promise.all([
      ask(session),
      once(session, "goaway"),
      once(session, "close"),
    ]);
    assert.equal(seen.body, "last");
  });
});
