// Requests that leave HTTP, in an application of this process and in one behind a port: the application's
// own server with its own listener for `upgrade`, and what a real connection would show it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { after, test } from "node:test";
import type { ApplicationHost } from "@penstock/request-queue";
import { hostPort } from "./forwarding-host.ts";
import { hostServer } from "./node-host.ts";
import { RecordingExchange, turn, type RequestTemplate } from "./recording-exchange.ts";

const upgrade: RequestTemplate = {
  upgrade: true,
  rawHeaders: ["Host", "app.example", "Connection", "Upgrade", "Upgrade", "echo"],
};
const switching =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX-Own: yes\r\n\r\n";

type Upgraded = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** How an application with this listener is hosted. */
const hostings: Readonly<Record<string, (server: Server) => Promise<ApplicationHost>>> = {
  module: async (server) => hostServer({ server, report: () => {}, close: async () => {} }),
  port: async (server) => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    after(() => server.close());
    const { port } = server.address() as AddressInfo;
    return hostPort({ port });
  },
};

function eachHosting(
  title: string,
  upgraded: Upgraded | undefined,
  check: (host: ApplicationHost) => Promise<void>,
): void {
  for (const [kind, hosted] of Object.entries(hostings)) {
    test(`${kind}: ${title}`, async () => {
      const server = createServer((_request, response) => response.end("no upgrade here"));
      if (upgraded) server.on("upgrade", upgraded);
      await using host = await hosted(server);
      await check(host);
    });
  }
}

/** An exchange whose application answered 101. */
async function switched(host: ApplicationHost, template: RequestTemplate = {}) {
  const exchange = new RecordingExchange({ ...upgrade, ...template });
  host.handle(exchange);
  await exchange.until(() => exchange.response !== undefined);
  assert.equal(exchange.response?.status, 101);
  return exchange;
}

const heads: string[] = [];
const echo: Upgraded = (_request, socket, head) => {
  heads.push(String(head));
  socket.on("error", () => {});
  socket.write(switching);
  socket.write(head);
  socket.pipe(socket);
};

eachHosting(
  "bytes pass both ways, and the end of one is the end of the other",
  echo,
  async (host) => {
    const exchange = await switched(host);
    assert.equal(exchange.field("x-own"), "yes");
    for (const bytes of [Buffer.from("a"), Buffer.alloc(300_000, "b"), Buffer.from("c")])
      await exchange.sendBody(bytes);
    await exchange.until(() => exchange.body.length === 300_002);
    assert.equal(exchange.text, `a${"b".repeat(300_000)}c`);
    exchange.endBody();
    await exchange.over;
    assert.equal(exchange.resetDetail, undefined);
  },
);

eachHosting("what the client sent behind its head is there at once", echo, async (host) => {
  const exchange = await switched(host, { firstBody: "early" });
  await exchange.sendBody(Buffer.from(", late"));
  await exchange.until(() => exchange.text === "early, late");
  assert.equal(heads.at(-1), "early");
  exchange.cancel();
});

eachHosting(
  "a client that ended still gets what the application has to say",
  (_request, socket) => {
    socket.write(switching);
    socket.on("end", () => socket.end("the last word"));
    socket.resume();
  },
  async (host) => {
    const exchange = await switched(host);
    exchange.endBody();
    await exchange.over;
    assert.equal(exchange.text, "the last word");
  },
);

eachHosting(
  "an application that ended still gets what the client has to say",
  (_request, socket) => {
    socket.end(`${switching}bye`);
    let heard = "";
    socket.on("data", (chunk: Buffer) => (heard += String(chunk)));
    socket.on("end", () => heardLast.resolve(heard));
  },
  async (host) => {
    const exchange = await switched(host);
    await exchange.until(() => exchange.calls.includes("end"));
    assert.equal(exchange.text, "bye");
    await exchange.sendBody(Buffer.from("more"));
    exchange.endBody();
    await exchange.over;
    assert.equal(await heardLast.promise, "more");
    heardLast = Promise.withResolvers<string>();
  },
);
let heardLast = Promise.withResolvers<string>();

eachHosting(
  "a client that breaks off resets the application's connection",
  (_request, socket) => {
    socket.write(switching);
    socket.on("error", (error) => broken.resolve((error as NodeJS.ErrnoException).code ?? ""));
  },
  async (host) => {
    const exchange = await switched(host);
    exchange.cancel();
    assert.equal(await broken.promise, "ECONNRESET");
    broken = Promise.withResolvers<string>();
  },
);
let broken = Promise.withResolvers<string>();

eachHosting(
  "an application that resets its connection breaks the exchange off",
  (_request, socket) => {
    socket.write(switching);
    socket.once("data", () => (socket as Duplex & { resetAndDestroy(): void }).resetAndDestroy());
  },
  async (host) => {
    const exchange = await switched(host);
    await exchange.sendBody(Buffer.from("x"));
    await exchange.over;
    assert.notEqual(exchange.resetDetail, undefined);
  },
);

eachHosting(
  "an application that answers otherwise, by hand, has answered",
  (_request, socket) => {
    socket.end("HTTP/1.1 401 Not You\r\nContent-Length: 4\r\nX-Own: yes\r\n\r\nwho?");
  },
  async (host) => {
    const exchange = new RecordingExchange(upgrade);
    host.handle(exchange);
    await exchange.over;
    assert.deepEqual([exchange.response?.status, exchange.text], [401, "who?"]);
    assert.equal(exchange.response?.statusMessage, "Not You");
  },
);

eachHosting(
  "an application without a listener for upgrades answers as usual",
  undefined,
  async (host) => {
    const exchange = new RecordingExchange(upgrade);
    host.handle(exchange);
    await exchange.over;
    assert.deepEqual([exchange.response?.status, exchange.text], [200, "no upgrade here"]);
  },
);

eachHosting(
  "an application that hangs up without an answer breaks the exchange off",
  (_request, socket) => socket.destroy(),
  async (host) => {
    const exchange = new RecordingExchange(upgrade);
    host.handle(exchange);
    await exchange.over;
    assert.match(exchange.resetDetail ?? "", /did not answer/);
  },
);

let pushed = 0;
eachHosting(
  "a client that does not read stops the application",
  (_request, socket) => {
    socket.write(switching);
    pushed = 0;
    const more = () => {
      while (pushed < 50_000_000 && socket.write(Buffer.alloc(65_536))) pushed += 65_536;
    };
    socket.on("drain", more);
    socket.on("error", () => {});
    more();
  },
  async (host) => {
    const exchange = await switched(host, { answerWindow: 100_000 });
    await exchange.until(() => exchange.body.length >= 100_000);
    for (let n = 0; n < 50; n++) await turn();
    assert.ok(pushed < 20_000_000, `${pushed} bytes were taken`);
    assert.ok(exchange.body.length < 400_000, `${exchange.body.length} bytes were passed on`);
    exchange.cancel();
  },
);

eachHosting(
  "an application that does not read stops the client",
  (_request, socket) => {
    socket.write(switching);
    socket.pause();
  },
  async (host) => {
    const exchange = await switched(host, { requestWindow: 100_000 });
    let sent = 0;
    void (async () => {
      for (let n = 0; n < 1000; n++) {
        await exchange.sendBody(Buffer.alloc(65_536));
        sent += 65_536;
      }
    })();
    for (let n = 0; n < 50; n++) await turn();
    assert.ok(sent < 30_000_000, `${sent} bytes were taken`);
    exchange.cancel();
  },
);

test("module: what the application throws while it reads ends its tunnel and nothing else", async () => {
  const closed = Promise.withResolvers<unknown>();
  const server = createServer();
  server.on("upgrade", (_request, socket: Duplex) => {
    socket.write(switching);
    socket.on("close", closed.resolve);
    socket.on("data", () => {
      throw new Error("not like this");
    });
  });
  await using host = hostServer({ server, report: () => {}, close: async () => {} });
  const exchange = await switched(host);
  await exchange.sendBody(Buffer.from("x"));
  await exchange.over;
  assert.match(exchange.resetDetail ?? "", /not like this/);
  await closed.promise;
});

test("module: what its listener for upgrades throws is a failed request", async () => {
  const server = createServer();
  server.on("upgrade", () => {
    throw new Error("not at all");
  });
  await using host = hostServer({ server, report: () => {}, close: async () => {} });
  const exchange = new RecordingExchange(upgrade);
  host.handle(exchange);
  await exchange.over;
  assert.match(exchange.resetDetail ?? "", /not at all/);
});

test("module: the socket is the client's connection", async () => {
  const seen: unknown[] = [];
  const server = createServer();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    const { remoteAddress, remotePort } = request.socket;
    seen.push(request.socket === socket, remoteAddress, remotePort, request.headers.upgrade);
    socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  });
  await using host = hostServer({ server, report: () => {}, close: async () => {} });
  const exchange = new RecordingExchange(upgrade);
  host.handle(exchange);
  await exchange.over;
  assert.deepEqual(seen, [true, "203.0.113.9", 40_123, "echo"]);
});
