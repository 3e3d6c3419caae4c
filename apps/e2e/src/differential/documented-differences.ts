// What is not the same behind Penstock, and why: the data, and the tables of docs/http.md that show it.

import { readFileSync } from "node:fs";
import type { ApplicationName } from "./case.ts";

/** A field that one side has and the other has not, or with another value. */
export interface FieldDifference {
  readonly field: string;
  /** Whose message it is in: the client's view of the answer, or the application's of the request. */
  readonly seenBy: "client" | "application";
  /** Whether its value still has to be the same. */
  readonly differs: "value" | "place or case";
  /** Where it differs, if not wherever an application is hosted. */
  readonly hosted?: "command";
  readonly what: string;
  readonly why: string;
}

/** A case that ends otherwise. */
export interface CaseDifference {
  readonly application: ApplicationName;
  readonly title: string;
  /** How the application is hosted where it differs. */
  readonly hosted: readonly ("module" | "command")[];
  readonly what: string;
  readonly why: string;
}

/** Everything documented. */
export interface DocumentedDifferences {
  readonly fields: readonly FieldDifference[];
  readonly cases: readonly CaseDifference[];
}

/** Reads the data. */
export function readDocumentedDifferences(): DocumentedDifferences {
  const file = new URL("documented-differences.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as DocumentedDifferences;
}

/** The lines of the page's tables: each has to stand in docs/http.md. */
export function tableLines({ fields, cases }: DocumentedDifferences): string[] {
  return [
    ...fields.map(({ field, seenBy, hosted, what, why }) =>
      cells([`\`${field}\``, seenBy, hosted ? `${what} (${hosted})` : what, why]),
    ),
    ...cases.map(({ application, title, hosted, what, why }) =>
      cells([`${application}: ${title}`, hosted.join(", "), what, why]),
    ),
  ];
}

function cells(texts: readonly string[]): string {
  return `| ${texts.join(" | ")} |`;
}
