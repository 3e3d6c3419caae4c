// What docker-compose.yml lets whom reach: workers the broker and nothing else, the engine's socket the
// controller alone, the admin ports this machine alone.

import assert from "node:assert/strict";
import test from "node:test";
import { ComposeProject } from "./support/compose-project.ts";
import { docker, dockerLines } from "./support/docker.ts";

/** Tries to connect, from within: prints `open`, or why not. */
const CONNECT = `
const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: Number(port), timeout: 1500 });
const say = (text) => { console.log(text); process.exit(); };
socket.on("connect", () => say("open"));
socket.on("timeout", () => say("silence"));
socket.on("error", ({ code }) => say(code));
`;

const SOCKET = "/var/run/docker.sock";

interface Inspected {
  readonly Name: string;
  readonly Mounts: readonly { readonly Source: string; readonly Destination: string }[];
  readonly HostConfig: { readonly CapAdd: string[] | null; readonly CapDrop: string[] | null };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string }[] | null>>;
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>>;
  };
}

test("workers reach the broker alone, the socket is the controller's, and admin ports are on loopback", async () => {
  await using project = await ComposeProject.up();
  assert.equal((await fetch(`${project.origin}/hello/`)).status, 200);
  const [worker = ""] = await project.workers();
  const services = new Map<string, Inspected>();
  for (const name of await project.services()) {
    const [container] = JSON.parse(await docker(["inspect", name])) as [Inspected];
    services.set(name.slice(project.name.length + 1).replace(/-\d+$/, ""), container);
  }

  const reach = (host: string, port: number) =>
    docker(["exec", worker, "node", "-e", CONNECT, host, String(port)]);
  assert.equal(await reach("nats", 4222), "open");
  assert.notEqual(await reach("nats", 8222), "open", "the broker's monitoring");
  for (const [service, port] of [
    ["controller", 9180],
    ["controller", 9182],
    ["listener", 9181],
    ["listener", 8080],
    ["prometheus", 9090],
  ] as const)
    for (const { IPAddress } of Object.values(
      services.get(service)?.NetworkSettings.Networks ?? {},
    ))
      assert.notEqual(await reach(IPAddress, port), "open", `${service}:${port}`);

  for (const [service, { Mounts, HostConfig, NetworkSettings }] of services) {
    const holdsSocket = Mounts.some(({ Destination }) => Destination === SOCKET);
    assert.equal(holdsSocket, service === "controller", service);
    assert.deepEqual(HostConfig.CapDrop, ["ALL"], service);
    for (const [port, published] of Object.entries(NetworkSettings.Ports))
      for (const { HostIp } of published ?? [])
        assert(HostIp === "127.0.0.1" || port === "8080/tcp", `${service}: ${port} on ${HostIp}`);
  }
  const uid = await project.inside("controller", ["cat", "/proc/1/status"]);
  assert.match(uid, /^Uid:\s+1000\s+1000\s+1000\s+1000$/m);
  assert.match(uid, /^CapEff:\s+0+$/m);
  assert.equal((await dockerLines(["ps", "-q", "--filter", `name=${worker}`])).length, 1);
});
