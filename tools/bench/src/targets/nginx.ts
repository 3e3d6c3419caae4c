// nginx in front of the application, as a reverse proxy is set up: one worker, connections to the
// application that stay, no access log.

import { mkdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { freePorts } from "@penstock/testing";
import type { Stage } from "../measuring/stage.ts";
import { descendantsOf } from "../processes/process-table.ts";
import { untilServing } from "../processes/until-serving.ts";
import type { Target } from "./target.ts";

/** Starts nginx and waits until it serves. `executable` is where it was found. */
export async function startNginx(
  { folder, processes }: Stage,
  application: Target,
  executable: string,
): Promise<Target> {
  const [port = 0] = await freePorts(1);
  const prefix = join(folder, "nginx");
  await mkdir(prefix);
  await writeFile(join(prefix, "nginx.conf"), nginxConfiguration(port, application.port));
  const nginx = processes.start({
    name: "nginx",
    executable,
    // Without -e it complains that it cannot write to the system's error log.
    arguments: ["-p", prefix, "-e", "stderr", "-c", "nginx.conf"],
  });
  await untilServing(nginx, port);
  const nginxPids = (): number[] => [nginx.pid, ...descendantsOf(nginx.pid).map(({ pid }) => pid)];
  return {
    name: "nginx",
    port,
    parts: () => new Map([["nginx", nginxPids()], ...application.parts()]),
  };
}

/** The text of `nginx.conf`. Relative paths start in the prefix. */
export function nginxConfiguration(port: number, upstreamPort: number): string {
  // Only root may name a user; the workers stay who started them, so that they can use the folder.
  const user = process.getuid?.() === 0 ? `user ${userInfo().username};\n` : "";
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `${user}daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 65536; }
http {
  access_log off;
  client_max_body_size 0;
  ${paths.map((name) => `${name}_temp_path ${name};`).join(" ")}
  keepalive_requests 100000000;
  upstream application {
    server 127.0.0.1:${upstreamPort};
    keepalive 256;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://application;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
    }
  }
}
`;
}
