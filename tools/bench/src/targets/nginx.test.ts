import assert from "node:assert/strict";
import { test } from "node:test";
import { nginxConfiguration } from "./nginx.ts";

test("nginx keeps its connections to the application, logs nothing and writes only to its folder", () => {
  const text = nginxConfiguration(8001, 8002);
  for (const line of [
    "worker_processes 1;",
    "access_log off;",
    "server 127.0.0.1:8002;",
    "keepalive 256;",
    "listen 127.0.0.1:8001;",
    "proxy_http_version 1.1;",
    'proxy_set_header Connection "";',
  ])
    assert.ok(text.includes(line), line);
  assert.doesNotMatch(text, /_path \//);
});
