import assert from "node:assert/strict";
import { test } from "node:test";
import { added, parseRefusals } from "./refusals.ts";

const text = `# HELP penstock_http_timeouts_total x
penstock_http_timeouts_total{pool="",reason="Timer_HeaderWait"} 4
penstock_http_timeouts_total{pool="attacked",reason="Timer_EntityBody"} 5
penstock_http_timeouts_total{pool="other",reason="Timer_EntityBody"} 1
penstock_http_rejections_total{pool="attacked",reason="Timer_EntityBody"} 6
penstock_http_rejections_total{pool="attacked",reason="Client_Reset"} 7
penstock_http_rejections_total{pool="attacked",reason="QueueFull"} 0
`;

test("what passed a time limit counts once, over all pools", () => {
  assert.deepEqual(parseRefusals(text), {
    Timer_EntityBody: 6,
    Client_Reset: 7,
    Timer_HeaderWait: 4,
  });
});

test("only what was added counts", () => {
  const before = { Timer_EntityBody: 6, Client_Reset: 2 };
  assert.deepEqual(added(before, parseRefusals(text)), { Client_Reset: 5, Timer_HeaderWait: 4 });
});
