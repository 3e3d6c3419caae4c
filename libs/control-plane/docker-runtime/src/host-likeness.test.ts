import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { hostLikeness } from "./host-likeness.ts";
import { givenLaunch } from "./test-support/given-launch.ts";

const around = { installation: "i1", workerImage: "penstock/worker", network: "penstock-i1" };

test("a host is another one when its configuration is, and the same with other secrets", () => {
  const launch = givenLaunch();
  const of = (parts: Parameters<typeof givenLaunch>[0]) =>
    hostLikeness(givenLaunch(parts), around, []);
  const same = hostLikeness(launch, around, []);
  assert.equal(of({ secrets: { TOKEN: "s3cret" }, credentials: "other" }), same);
  assert.notEqual(of({ generation: "g2" }), same);
  assert.notEqual(of({ environment: { MODE: "fast" } }), same);
  assert.notEqual(of({ limits: { cpus: 1 } }), same);
  assert.notEqual(of({ container: { ...launch.container, networks: ["db"] } }), same);
});

test("a folder that was replaced by another, or is gone, is not the same", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "penstock-likeness-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [present, next] = [join(folder, "present"), join(folder, "next")];
  mkdirSync(present);
  mkdirSync(next);
  const launch = givenLaunch({ directory: present });
  const look = () => hostLikeness(launch, around, [present]);
  const before = look();
  assert.equal(look(), before);
  renameSync(present, join(folder, "former"));
  assert.notEqual(look(), before);
  renameSync(next, present);
  assert.notEqual(look(), before);
});
