// What an application's clients see is the same whether it is reached directly or behind Penstock, as a
// module or as a command: request by request, but for what is documented (docs/http.md).

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { freePorts } from "@penstock/testing";
import type { AnswerView } from "./differential/answer-view.ts";
import { applications, type ApplicationName, type Case } from "./differential/case.ts";
import { playAll } from "./differential/client.ts";
import { compare } from "./differential/compare.ts";
import { serveDirectly, serving } from "./differential/direct.ts";
import {
  readDocumentedDifferences,
  tableLines,
  type FieldDifference,
} from "./differential/documented-differences.ts";
import { frameworkCases } from "./differential/framework-cases.ts";
import { nodeCases } from "./differential/node-cases.ts";
import type { Pools } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const PAGE = new URL("../../../docs/http.md", import.meta.url);

const hostings = ["module", "command"] as const;
type Hosting = (typeof hostings)[number];
type Ports = ReadonlyMap<ApplicationName, number>;

const cases: readonly Case[] = [...nodeCases, ...frameworkCases];
const documented = readDocumentedDifferences();

test("an application behind Penstock looks as it does directly", async (context) => {
  await using stack = new AsyncDisposableStack();
  const ports = await portsOfApplications();
  for (const [name, port] of ports) stack.use(await serveDirectly(name, port));
  const direct = await playAll(cases, ({ application }) => ports.get(application) ?? 0);
  const met = new Set<FieldDifference>();
  for (const hosting of hostings) {
    const own = await portsOfApplications();
    await withPenstock(
      () => poolsOf(hosting, own),
      async () => {
        const behind = await playAll(cases, ({ application }) => own.get(application) ?? 0);
        await context.test(`as a ${hosting}`, (within) => {
          const unlike = differing(hosting, { direct, behind }, met);
          within.diagnostic(`${cases.length} cases, ${cases.length - unlike.size} equal`);
          assert.deepEqual(undocumented(hosting, unlike), []);
        });
      },
    );
  }
  await context.test("what is documented about fields is met", () => {
    assert.deepEqual(
      documented.fields.filter((field) => !met.has(field)),
      [],
    );
  });
});

test("docs/http.md has what is documented as different", async () => {
  const page = squeezed(await readFile(PAGE, "utf8")).split("\n");
  for (const line of tableLines(documented)) assert(page.includes(squeezed(line)), line);
});

/** A table's cells are as wide as its widest. */
function squeezed(text: string): string {
  return text.replaceAll(/ +/g, " ");
}

async function portsOfApplications(): Promise<Ports> {
  const ports = await freePorts(applications.length);
  return new Map(applications.map((name, n) => [name, ports[n] ?? 0]));
}

function poolsOf(hosting: Hosting, ports: Ports): Pools {
  const source = (name: ApplicationName) =>
    hosting === "command"
      ? { command: serving(name) }
      : { module: fileURLToPath(new URL(`differential/applications/${name}.ts`, import.meta.url)) };
  return Object.fromEntries(
    Array.from(ports, ([name, port]) => [name, { urls: [`http://+:${port}/`], ...source(name) }]),
  );
}

type Played = ReadonlyMap<Case, readonly AnswerView[]>;

/** The cases that are not equal, with both sides of each. */
function differing(
  hosting: Hosting,
  { direct, behind }: { readonly direct: Played; readonly behind: Played },
  met: Set<FieldDifference>,
): Map<Case, string> {
  const unlike = new Map<Case, string>();
  const fields = documented.fields.filter(({ hosted = hosting }) => hosted === hosting);
  for (const one of cases) {
    const compared = compare(direct.get(one) ?? [], behind.get(one) ?? [], fields);
    for (const field of compared.met) met.add(field);
    if (compared.equal) continue;
    const sides = [compared.direct, compared.behind].map((side) => JSON.stringify(side));
    unlike.set(one, `direct ${sides[0]}\n${hosting} ${sides[1]}`);
  }
  return unlike;
}

/** What is not as documented: a case that differs and should not, or does not and should. */
function undocumented(hosting: Hosting, unlike: ReadonlyMap<Case, string>): string[] {
  return cases.flatMap((one) => {
    const { application, title } = one;
    const listed = documented.cases.some(
      (each) =>
        each.application === application && each.title === title && each.hosted.includes(hosting),
    );
    const sides = unlike.get(one);
    if (listed === (sides !== undefined)) return [];
    return [`${application}: ${title}: ${sides ?? "documented as different, and equal"}`];
  });
}
