// Keys in a folder of their own, gone after the test.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { loadOrCreateTrust, type Trust } from "../trust.ts";

/** A state folder that is removed after the test. */
export function testState(t: TestContext): string {
  const state = mkdtempSync(join(tmpdir(), "penstock-trust-"));
  t.after(() => rmSync(state, { recursive: true, force: true }));
  return state;
}

/** New keys. */
export function testTrust(t: TestContext): Trust {
  return loadOrCreateTrust(testState(t));
}
