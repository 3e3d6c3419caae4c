// What a client saw, taken apart: each answer with its head, its body without its framing, and its trailers.

import type { Case } from "./case.ts";

/** One answer, or an interim one. */
export interface AnswerView {
  readonly status: string;
  /** Header lines, in order. */
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  /** False when the connection ended within it. */
  readonly whole: boolean;
}

/** Takes apart what came on a case's connection, in Latin-1. */
export function answersIn(received: string, { steps }: Case): AnswerView[] {
  const asked = steps.filter((step) => typeof step === "string").join("");
  const methods = Array.from(
    asked.matchAll(/(?:^|\n)([A-Z]+) \S+ HTTP\/1\.[01]\r\n/g),
    ([, method]) => method,
  );
  const answers: AnswerView[] = [];
  for (let rest = received; rest !== "";) {
    const { answer, length } = firstAnswer(rest, methods[0]);
    answers.push(answer);
    if (!isInterim(answer)) methods.shift();
    rest = rest.slice(length);
  }
  return answers;
}

function isInterim({ status }: AnswerView): boolean {
  return /^HTTP\/1\.1 1\d\d /.test(status);
}

interface Taken {
  readonly answer: AnswerView;
  readonly length: number;
}

function firstAnswer(text: string, method: string | undefined): Taken {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) {
    return {
      answer: { status: text, fields: [], body: "", trailers: [], whole: false },
      length: text.length,
    };
  }
  const [status = "", ...fields] = text.slice(0, end).split("\r\n");
  const begin = end + 4;
  const head = { status, fields, body: "", trailers: [], whole: true };
  if (method === "HEAD" || /^HTTP\/1\.1 (?:1\d\d|204|304) /.test(status)) {
    return { answer: head, length: begin };
  }
  if (valueOf(fields, "transfer-encoding") === "chunked") return chunkedBody(text, begin, head);
  const promised = valueOf(fields, "content-length");
  const length = promised === undefined ? text.length - begin : Number(promised);
  const body = text.slice(begin, begin + length);
  return { answer: { ...head, body, whole: body.length === length }, length: begin + body.length };
}

function chunkedBody(text: string, begin: number, head: AnswerView): Taken {
  let body = "";
  for (let at = begin; ;) {
    const line = text.indexOf("\r\n", at);
    const size = Number.parseInt(text.slice(at, line), 16);
    if (line === -1 || at + size > text.length) {
      return { answer: { ...head, body, whole: false }, length: text.length };
    }
    at = line + 2;
    if (size > 0) {
      body += text.slice(at, at + size);
      at += size + 2;
      continue;
    }
    const end = text.indexOf("\r\n\r\n", line);
    const trailers = text
      .slice(at, end)
      .split("\r\n")
      .filter((each) => each !== "");
    return { answer: { ...head, body, trailers }, length: end + 4 };
  }
}

function valueOf(fields: readonly string[], name: string): string | undefined {
  return fields
    .find((field) => field.toLowerCase().startsWith(`${name}: `))
    ?.slice(name.length + 2);
}
