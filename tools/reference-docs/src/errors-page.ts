// docs/errors.md: every reason for which Penstock itself refuses a request, with a heading to link to.

import { reasonPhrases, reasons, type ReasonPhrase } from "@penstock/domain";
import { code, generatedNotice, page, table } from "./markdown.ts";

const introduction = `
When Penstock itself refuses a request, it says why with one word: the \`reason\`. The word is the same in
the response, in the log, in the metric labels and here, and it is the one of HTTP.sys's error log where
that has one. What an application answers is passed on untouched and never appears in this list.

The answer is \`application/problem+json\` (RFC 9457) with the member \`reason\`, or a small HTML page where
the client prefers that. \`Proxy-Status\` (RFC 9209) carries the token below in its \`error\` parameter.
\`Retry-After\` is sent where the same request may succeed later.`;

/** The page, ready to write. */
export function errorsPage(): Promise<string> {
  return page([
    generatedNotice,
    "# Errors",
    introduction.trim(),
    table(
      ["Reason", "Status", "Meaning"],
      reasonPhrases.map((reason) => [
        `[${reason}](#${anchorOf(reason)})`,
        statusOf(reason),
        reasons[reason].title,
      ]),
    ),
    ...reasonPhrases.flatMap(sectionPieces),
  ]);
}

/** The fragment that a Markdown renderer gives to a reason's heading. */
export function anchorOf(reason: ReasonPhrase): string {
  return reason.toLowerCase().replaceAll(/[^\w-]/g, "");
}

function sectionPieces(reason: ReasonPhrase): readonly string[] {
  const { title, passes, proxyError } = reasons[reason];
  return [
    `## ${reason}`,
    `${title}.`,
    [
      `- Status: ${statusOf(reason)}`,
      `- Retry-After: ${passes ? "yes" : "no"}`,
      `- Proxy-Status error: ${code(proxyError)}`,
    ].join("\n"),
  ];
}

function statusOf(reason: ReasonPhrase): string {
  const { status } = reasons[reason];
  return status === 499 ? "none, 499 in the log" : String(status);
}
