// docs/events.md: every kind of event that the controller keeps, from the table of the code.

import { operationalEvents, eventFacts, type OperationalEventKind } from "@penstock/domain";
import { code, generatedNotice, page, table } from "./markdown.ts";

const introduction = `
What the controller did and what happened, each with its reason: \`penstock events\`, \`penstock events -f\`, or
\`GET /api/v1/events\`.

\`\`\`console
$ penstock events --pool shop --limit 2
TIME                      SEVERITY     WAS  EVENT                WHAT
2026-11-23T10:02:11.402Z  information  -    operator.pool.stop   stop pool shop: asked by an operator at 127.0.0.1
2026-11-23T10:02:11.689Z  information  -    worker.exited.manual shop-7a40a0c3 exited with code 0: manual
\`\`\`

\`WAS\` is the number of the same event in Windows' event log (source WAS), where there is one.

The latest 5000 are kept, for 30 days, in 16 MiB at most, in a stream on the broker's disk which nobody but the
controller can read; so they outlive it. No decision waits for an event: while the broker is away, up to 1000 wait
in memory, and what does not fit is counted in \`penstock_events_dropped_total\`. An event holds no secret, and
nothing that an application printed: that is in the log.

| query of \`GET /api/v1/events\` | meaning |
| --- | --- |
| \`after\` | only events with a higher \`id\` |
| \`pool\` | only those of this pool |
| \`limit\` | the latest so many; 100 unless said otherwise, at most 5000 |
| \`wait\` | seconds to wait when there is none, at most 60: to follow, ask again after the last \`id\` |`;

/** The page, ready to write. */
export function eventsPage(): Promise<string> {
  const rows = (Object.keys(operationalEvents) as OperationalEventKind[]).map((kind) => {
    const { severity, was, meaning } = eventFacts(kind);
    return [code(kind), severity, was === undefined ? "" : String(was), meaning];
  });
  return page([
    generatedNotice,
    "# Events",
    introduction.trim(),
    table(["event", "severity", "WAS", "meaning"], rows),
  ]);
}
