// The client of the comparison: does what a case says, and keeps what came.

import { eventually } from "../support/eventually.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { answersIn, type AnswerView } from "./answer-view.ts";
import type { Case } from "./case.ts";

/** Cases at once: each waits for nothing but its own connection. */
const AT_ONCE = 6;

/** How long something is waited for, milliseconds; where it does not come, that is what was seen. */
const PATIENCE_MS = 5000;

/** Plays a case against a port: to the end of the connection, or until nothing comes any more. */
async function play(one: Case, port: number): Promise<AnswerView[]> {
  using connection = await RawConnection.open(port);
  for (const step of one.steps) {
    if (typeof step === "string") connection.send(step);
    else if (!(await comes(connection, ({ received }) => received.includes(step.until)))) break;
  }
  const ended = await comes(connection, (now) => now.ended);
  const answers = answersIn(connection.received, one);
  return ended ? answers : [...answers, stillOpen];
}

/** Stands for the end that did not come. */
const stillOpen: AnswerView = {
  status: "the connection stays open",
  fields: [],
  body: "",
  trailers: [],
  whole: false,
};

async function comes(
  connection: RawConnection,
  found: (connection: RawConnection) => boolean,
): Promise<boolean> {
  const over = () => found(connection) || connection.ended;
  await eventually("it comes", over, { found: Boolean, withinMs: PATIENCE_MS }).catch(() => {});
  return found(connection);
}

/** Plays cases, several at once. */
export async function playAll(
  cases: readonly Case[],
  portOf: (one: Case) => number,
): Promise<Map<Case, readonly AnswerView[]>> {
  const played = new Map<Case, readonly AnswerView[]>();
  const waiting = [...cases];
  const player = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift())
      played.set(one, await play(one, portOf(one)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, player));
  return played;
}
