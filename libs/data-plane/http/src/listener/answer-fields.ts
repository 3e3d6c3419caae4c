// The header fields of an answer, as a worker sent them, made fit for the client's connection. A worker is
// not trusted: what would steer the client's connection or its framing goes, what contradicts itself is
// refused. Names and values are checked for invalid characters by node:http when they are written.

/** Fields fit to be written, or undefined when they contradict each other. */
export interface AnswerFields {
  /** name, value, … */
  readonly fields: string[];
  /** Declared body length; -1 when there is none. */
  readonly contentLength: number;
}

/** `lines` is reason phrase, name, value, … */
export function answerFields(lines: readonly string[]): AnswerFields | undefined {
  if (lines.length % 2 !== 1) return undefined;
  const fields: string[] = [];
  let contentLength = -1;
  for (let i = 1; i < lines.length; i += 2) {
    const name = lines[i] ?? "";
    const value = lines[i + 1] ?? "";
    switch (name.length) {
      case 7:
        if (name.toLowerCase() === "upgrade") continue;
        break;
      case 10: {
        const lower = name.toLowerCase();
        if (lower === "connection" || lower === "keep-alive") continue;
        break;
      }
      case 14:
        if (name.toLowerCase() === "content-length") {
          if (contentLength !== -1 || !/^[0-9]{1,15}$/.test(value)) return undefined;
          contentLength = Number(value);
        }
        break;
      case 16:
        if (name.toLowerCase() === "proxy-connection") continue;
        break;
      case 17:
        if (name.toLowerCase() === "transfer-encoding") continue;
        break;
      default:
    }
    fields.push(name, value);
  }
  return { fields, contentLength };
}
