import assert from "node:assert/strict";
import { test } from "node:test";
import { confinedContainer } from "./confined-container.ts";

const host = {
  NetworkMode: "workers",
  CapDrop: ["ALL"],
  CapAdd: ["SETUID"],
  SecurityOpt: ["no-new-privileges:true"],
  ReadonlyRootfs: true,
  Mounts: [{ Type: "volume", Target: "/run/secrets" }],
};
const body = {
  Image: "penstock/worker",
  Labels: { "io.penstock.installation": "i1" },
  HostConfig: host,
};

const confine = (changes: object, hostChanges: object = {}) =>
  confinedContainer(
    { ...body, HostConfig: { ...host, ...hostChanges }, ...changes },
    {
      network: "workers",
    },
  );

test("a container as a worker runtime makes it is confined", () => {
  assert.deepEqual(confine({}), { installation: "i1" });
});

test("one in another's network namespace says in whose", () => {
  assert.deepEqual(confine({}, { NetworkMode: "container:penstock-a" }), {
    installation: "i1",
    joins: "penstock-a",
  });
});

for (const [what, changes, hostChanges, why] of [
  ["no label", { Labels: {} }, {}, "it has no label io.penstock.installation"],
  ["no host configuration", { HostConfig: [] }, {}, "it is no configuration"],
  ["another network", {}, { NetworkMode: "host" }, "it is not on the network workers"],
  ["no network", {}, { NetworkMode: undefined }, "it is not on the network workers"],
  ["privileges", {}, { Privileged: true }, "HostConfig.Privileged is not permitted"],
  [
    "privileges, in small letters",
    {},
    { privileged: true },
    "HostConfig.privileged is not permitted",
  ],
  ["the host's processes", {}, { PidMode: "host" }, "HostConfig.PidMode is not permitted"],
  ["a device", {}, { Devices: [] }, "HostConfig.Devices is not permitted"],
  ["a bind", {}, { Binds: ["/:/host"] }, "HostConfig.Binds is not permitted"],
  [
    "a bind mount",
    {},
    { Mounts: [{ Type: "bind", Source: "/", Target: "/h" }] },
    "a mount of the host's, or of a named volume",
  ],
  [
    "a named volume",
    {},
    { Mounts: [{ Type: "volume", Source: "penstock_state", Target: "/h" }] },
    "a mount of the host's, or of a named volume",
  ],
  [
    "a driver's mount",
    {},
    { Mounts: [{ Type: "volume", Target: "/h", VolumeOptions: {} }] },
    "a mount of the host's, or of a named volume",
  ],
  ["its capabilities kept", {}, { CapDrop: [] }, "it keeps capabilities"],
  [
    "a capability of the host's",
    {},
    { CapAdd: ["SYS_ADMIN"] },
    "the capability SYS_ADMIN is not permitted",
  ],
  ["new privileges", {}, { SecurityOpt: [] }, "it may gain privileges"],
  [
    "no profile",
    {},
    { SecurityOpt: ["no-new-privileges:true", "seccomp=unconfined"] },
    "it may gain privileges",
  ],
  ["another entry point's volumes", { Volumes: {} }, {}, "Volumes is not permitted"],
  ["further networks", { NetworkingConfig: {} }, {}, "NetworkingConfig is not permitted"],
] as const)
  test(`one with ${what} is not`, () => {
    assert.equal(confine(changes, hostChanges), why);
  });
