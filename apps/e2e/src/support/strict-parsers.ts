// Other people's readers of HTTP/1.1, given bytes: Node's strict parser, h11 (Debian's python3-h11), nginx. Each
// gets a last request behind the bytes, so that one which was swallowed, or one too many, is seen.

import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@penstock/testing";
import { eventually } from "./eventually.ts";

/** A request as a parser understood it. */
interface ParsedRequest {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  /** Length of the body, framing taken off. */
  readonly bodyLength: number;
}

/** Reads bytes as a connection's: the requests on it. Rejects on what is not HTTP. */
type StrictParser = (bytes: Buffer) => Promise<readonly ParsedRequest[]>;

/** The target of the last request. */
export const LAST = "/the-last-request";

const lastRequest = Buffer.from(`GET ${LAST} HTTP/1.1\r\nHost: last\r\nConnection: close\r\n\r\n`);

/** Node's parser. */
const nodeParser: StrictParser = async (bytes) => {
  const requests: ParsedRequest[] = [];
  const faults: Error[] = [];
  const server = createServer({ insecureHTTPParser: false }, (request, response) => {
    let bodyLength = 0;
    request.on("data", (chunk: Buffer) => (bodyLength += chunk.length));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      requests.push({ method, target: url, host: headers.host ?? "", bodyLength });
      response.end();
    });
  });
  server.on("clientError", (error, socket) => {
    faults.push(error);
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await talk((server.address() as AddressInfo).port, bytes);
  server.close();
  assert.deepEqual(faults, []);
  return requests;
};

const h11Program = `
import h11, json, sys
connection, requests = h11.Connection(h11.SERVER), []
connection.receive_data(sys.stdin.buffer.read())
connection.receive_data(b"")
while True:
    event = connection.next_event()
    if isinstance(event, h11.Request):
        hosts = [v for n, v in event.headers if n == b"host"]
        assert len(hosts) == 1
        requests.append({"method": event.method.decode(), "target": event.target.decode("latin1"), "host": hosts[0].decode(), "bodyLength": 0})
    elif isinstance(event, h11.Data):
        requests[-1]["bodyLength"] += len(event.data)
    elif event is h11.PAUSED:
        connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
        connection.send(h11.EndOfMessage())
        if connection.our_state is not h11.DONE: break
        connection.start_next_cycle()
    elif isinstance(event, h11.ConnectionClosed) or event is h11.NEED_DATA:
        break
    elif isinstance(event, h11.EndOfMessage) and connection.our_state is h11.SEND_RESPONSE and connection.trailing_data[0] == b"":
        break
print(json.dumps(requests))
`;

/** h11, which Debian has for its own Python. */
const h11Parser: StrictParser = async (bytes) => {
  const child = execFile("/usr/bin/python3", ["-c", h11Program]);
  child.stdin?.end(Buffer.concat([bytes, lastRequest]));
  let said = "";
  let complained = "";
  child.stdout?.on("data", (text: string) => (said += text));
  child.stderr?.on("data", (text: string) => (complained += text));
  const [code] = (await once(child, "close")) as [number];
  assert.equal(code, 0, complained);
  return JSON.parse(said) as ParsedRequest[];
};

const nginxConfiguration = (folder: string, port: number) => `
daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1; master_process off;
events { }
http {
  access_log off; client_body_temp_path ${folder}/bodies; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; underscores_in_headers on;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://127.0.0.1:${port}/.echo; proxy_set_header X-Seen "$request_method $request_uri $http_host"; }
    location /.echo { add_header X-Seen $http_x_seen; add_header X-Length $content_length; return 200; }
  }
}`;

/** nginx; it reads a body before it passes the request on to itself, framed anew. */
const nginxParser: StrictParser = async (bytes) => {
  const folder = await mkdtemp(join(tmpdir(), "penstock-nginx-"));
  const [port = 0] = await freePorts(1);
  await writeFile(join(folder, "nginx.conf"), nginxConfiguration(folder, port));
  const child = spawn("nginx", ["-c", join(folder, "nginx.conf"), "-p", folder], {
    stdio: "ignore",
  });
  const ended = once(child, "close");
  try {
    await eventually("nginx listens", () => canConnect(port), { found: (open) => open });
    const answers = await talk(port, bytes);
    assert.doesNotMatch(answers, /HTTP\/1\.1 [45]/);
    return Array.from(
      answers.matchAll(/X-Seen: (\S+) (\S+) (\S+)\r\n(?:X-Length: (\d+))?/g),
      (seen) => ({
        method: seen[1] ?? "",
        target: seen[2] ?? "",
        host: seen[3] ?? "",
        bodyLength: Number(seen[4] ?? 0),
      }),
    );
  } finally {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
};

/** The readers that this machine has; all of them where everything must be checked. */
export function strictParsers(): Readonly<Record<string, StrictParser>> {
  return {
    node: nodeParser,
    ...(has("/usr/bin/python3", "-c", "import h11") && { h11: h11Parser }),
    ...(has("nginx", "-v") && { nginx: nginxParser }),
  };
}

function has(program: string, ...args: string[]): boolean {
  if (process.env["CI"] !== undefined) return true;
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Sends bytes and the last request, and returns all answers. */
async function talk(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answers = "";
  socket.on("data", (chunk: Buffer) => (answers += chunk.toString("latin1")));
  socket.write(Buffer.concat([bytes, lastRequest]));
  await once(socket, "close");
  return answers;
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const open = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return open;
}
