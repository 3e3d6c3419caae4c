import assert from "node:assert/strict";
import { test } from "node:test";
import { renderConfiguration } from "./configuration.ts";

const folders = { storeDirectory: "/state/nats", portsDirectory: "/state/nats/ports" };

test("without choices the server listens on a free port of loopback and syncs every write", () => {
  assert.equal(
    renderConfiguration({}, folders),
    `# Written by Penstock at every start: changes made here are lost.
server_name: "penstock"
listen: "127.0.0.1:-1"
ports_file_dir: "/state/nats/ports"
max_payload: 8388608
write_deadline: "10000ms"
jetstream {
  store_dir: "/state/nats"
  max_mem: 1073741824
  max_file: 10737418240
  sync_interval: always
}
`,
  );
});

test("a server may listen on another address of this machine", () => {
  const text = renderConfiguration({ host: "172.18.0.1", port: 4222 }, folders);
  assert.match(text, /^listen: "172\.18\.0\.1:4222"$/m);
});

test("choices and extra lines stand in the file", () => {
  const text = renderConfiguration(
    { serverName: "n1", port: 4222, syncInterval: { ms: 500 }, extraLines: ["operator: XYZ"] },
    { ...folders, storeDirectory: String.raw`/a "b"\c` },
  );
  assert.match(text, /^server_name: "n1"$/m);
  assert.match(text, /^listen: "127\.0\.0\.1:4222"$/m);
  assert.match(text, /^ {2}sync_interval: "500ms"$/m);
  assert.match(text, /^operator: XYZ$/m);
  assert.ok(text.includes(String.raw`store_dir: "/a \"b\"\\c"`));
});
