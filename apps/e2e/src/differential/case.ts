// One case of the comparison: an application, and what a client does, byte for byte.

/** The applications that are compared. */
export const applications = ["node", "express", "koa", "fastify"] as const;
export type ApplicationName = (typeof applications)[number];

/** A step of a client: text that it sends (Latin-1), or text that it waits for before it goes on. */
export type Step = string | { readonly until: string };

/** What one client does on one connection. */
export interface Case {
  readonly application: ApplicationName;
  /** Unique for its application. */
  readonly title: string;
  readonly steps: readonly Step[];
}

/** A request, whole: header lines after Host, then a body as it is. */
export interface RequestText {
  readonly fields?: readonly string[];
  readonly body?: string;
  /** The connection is used again: a request of its own has to close it. */
  readonly keepAlive?: boolean;
}

/** The text of a request. */
export function request(
  line: string,
  { fields = [], body = "", keepAlive }: RequestText = {},
): string {
  const length = body === "" || fields.some((each) => /^transfer-encoding:/i.test(each));
  const head = [
    `${line} HTTP/1.1`,
    "Host: compared.test",
    ...fields,
    ...(length || fields.some((each) => /^content-length:/i.test(each))
      ? []
      : [`Content-Length: ${body.length}`]),
    ...(keepAlive === true ? [] : ["Connection: close"]),
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

/** The text of a chunked body. */
export function chunks(parts: readonly string[], trailers: readonly string[] = []): string {
  const text = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("");
  return `${text}0\r\n${trailers.map((line) => `${line}\r\n`).join("")}\r\n`;
}
