import assert from "node:assert/strict";
import test from "node:test";
import { withCommandLine } from "../given-command-line.ts";

/** Nobody listens there. */
const NOWHERE = ["--admin-listen", "127.0.0.1:1"] as const;

test("without a controller credentials are listed and revoked in the state folder", () =>
  withCommandLine({}, async (run) => {
    const issued = await run("creds", "issue", "listener", "edge");
    assert.equal(issued.code, 0, issued.stderr);
    const { seed } = JSON.parse(issued.stdout) as { seed: string };
    const key = /public key is (U\w+)/.exec(issued.stderr)?.[1] ?? "";

    const table = await run("creds", "ls", ...NOWHERE);
    assert.match(table.stdout, /^listener +edge +- +\S+Z +never +- +U\w+$/m);
    assert(!table.stdout.includes(seed));

    const revoked = await run("creds", "revoke", "edge", ...NOWHERE);
    assert.deepEqual([revoked.code, revoked.stdout], [0, ""]);
    assert.match(revoked.stderr, /no controller answers at 127\.0\.0\.1:1: listener edge is noted/);
    const shown = JSON.parse((await run("creds", "ls", "-o", "json", ...NOWHERE)).stdout) as {
      issued: string;
      revoked: string | null;
    }[];
    const [first] = shown;
    assert(first);
    const { issued: at, revoked: end, ...rest } = first;
    assert.deepEqual(
      [shown.length, rest],
      [1, { kind: "listener", name: "edge", expires: null, key }],
    );

    assert(at.endsWith("Z") && end !== null && end >= at);

    assert.equal((await run("creds", "revoke", key, ...NOWHERE)).code, 5);
    assert.equal((await run("creds", "issue", "listener", "edge")).code, 0, "the name is free");
  }));

test("names that are taken, unknown or ambiguous have their exit codes", () =>
  withCommandLine({}, async (run) => {
    await run("creds", "issue", "listener", "x");
    await run("creds", "issue", "operations", "x");
    const taken = await run("creds", "issue", "listener", "x");
    assert.deepEqual([taken.code, taken.stdout], [5, ""]);
    assert.match(taken.stderr, /live already\n {2}Revoke them first/);
    assert.equal((await run("creds", "revoke", "y", ...NOWHERE)).code, 4);
    const ambiguous = await run("creds", "revoke", "x", ...NOWHERE);
    assert.equal(ambiguous.code, 5);
    assert.match(ambiguous.stderr, /listener U\w+, operations U\w+|operations U\w+, listener U\w+/);
  }));

test("without a state folder nothing is made, and without a controller nothing is rotated", () =>
  withCommandLine({}, async (run) => {
    assert.equal((await run("creds", "ls", "--state", "nowhere", ...NOWHERE)).code, 4);
    assert.equal((await run("creds", "ls", "--state", "nowhere", ...NOWHERE)).code, 4);
    assert.equal((await run("creds", "rotate", ...NOWHERE)).code, 3);
  }));
