import assert from "node:assert/strict";
import { test } from "node:test";
import { reasonPhrases, reasons } from "@penstock/domain";
import { anchorOf, errorsPage } from "./errors-page.ts";

const text = await errorsPage();
const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) =>
  heading?.replaceAll("\\", ""),
);

test("every reason has its section, and no section is without a reason", () => {
  assert.deepEqual(headings, [...reasonPhrases]);
});

test("every reason's section tells its status, its token and whether waiting helps", () => {
  const sections = text.split(/^## /m).slice(1);
  for (const [index, reason] of reasonPhrases.entries()) {
    const { status, proxyError, passes, title } = reasons[reason];
    const section = sections[index] ?? "";
    assert(section.includes(`${title}.`));
    assert(section.includes(String(status)));
    assert(section.includes(`\`${proxyError}\``));
    assert(section.includes(`Retry-After: ${passes ? "yes" : "no"}`));
  }
});

test("anchors are those of the headings, and no two are the same", () => {
  assert.equal(anchorOf("Timer_ReqQueue"), "timer_reqqueue");
  assert.equal(anchorOf("Version_N/S"), "version_ns");
  assert.equal(new Set(reasonPhrases.map(anchorOf)).size, reasonPhrases.length);
});
