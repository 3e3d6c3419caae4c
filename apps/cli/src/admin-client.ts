// The admin API as commands ask it: with the token of the state folder, or of another file. A token is never
// taken from the command line: everybody on the machine could read it there.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, ServiceError } from "@penstock/foundation";
import { exitCode } from "./exit-code.ts";

/** Where the API is and how to be let in. */
export interface AdminOptions {
  readonly state: string;
  readonly adminListen: string;
  /** Instead of the admin token of the state folder. */
  readonly tokenFile?: string;
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
}

/** Exit codes of answers that are no failure of the controller. */
const CODES: Readonly<Record<number, number>> = {
  404: exitCode.notFound,
  409: exitCode.conflict,
  422: exitCode.usage,
};

/** Codes of failures that are the request's own, and not the controller's. */
const FAILURES: Readonly<Record<number, string>> = {
  404: "ADMIN_NOT_FOUND",
  409: "ADMIN_CONFLICT",
  422: "ADMIN_INVALID",
};

/** Asks the admin API. What fails sets the exit code and throws a ServiceError that says what to do. */
export class AdminClient {
  readonly #options: AdminOptions;
  readonly #token: string;

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#token = readToken(tokenFileOf(options));
  }

  /** Undefined where no controller has ever made a token. */
  static ifThere(options: AdminOptions): AdminClient | undefined {
    return existsSync(tokenFileOf(options)) ? new AdminClient(options) : undefined;
  }

  /** What stands at a path below `/api/v1/`. */
  get(path: string): Promise<unknown> {
    return this.#ask("GET", path);
  }

  /** Has something done. */
  post(path: string): Promise<unknown> {
    return this.#ask("POST", path);
  }

  /** Has something done with a configuration's text. */
  postConfiguration(path: string, text: string): Promise<unknown> {
    return this.#ask("POST", path, text);
  }

  /** As {@link post} and {@link get}, and undefined when no controller answers: for what can be done without one. */
  async askIfThere(method: "GET" | "POST", path: string): Promise<unknown> {
    try {
      return await this.#ask(method, path);
    } catch (thrown) {
      if (!(thrown instanceof ServiceError) || thrown.code !== "ADMIN_UNREACHABLE") throw thrown;
      process.exitCode = exitCode.ok;
      return undefined;
    }
  }

  async #ask(method: string, path: string, text?: string): Promise<unknown> {
    const { adminListen } = this.#options;
    const headers = {
      Authorization: `Bearer ${this.#token}`,
      ...(text !== undefined && { "Content-Type": "application/yaml" }),
    };
    const body = text === undefined ? {} : { body: text };
    let answer: Response;
    try {
      answer = await fetch(`http://${adminListen}/api/v1/${path}`, { method, headers, ...body });
    } catch (cause) {
      process.exitCode = exitCode.unreachable;
      throw new ServiceError(`no controller answers at ${adminListen}`, {
        code: "ADMIN_UNREACHABLE",
        remedy: "Start it with `penstock up`, or name its address with --admin-listen.",
        cause,
      });
    }
    if (answer.ok) return await answer.json();
    process.exitCode = CODES[answer.status] ?? exitCode.failed;
    throw refusal(this.#options, answer.status, await problemOf(answer));
  }
}

function refusal(options: AdminOptions, status: number, { title, detail }: Problem): ServiceError {
  const said = title === undefined ? "" : `: ${title}`;
  const code = FAILURES[status];
  if (code !== undefined)
    return new ServiceError(title ?? `the controller answered ${status}`, {
      code,
      ...(detail !== undefined && { remedy: detail }),
    });
  const otherToken = `The token in ${tokenFileOf(options)} is not this controller's: name its state folder with --state, or the token's file with --token-file.`;
  return new ServiceError(`the controller at ${options.adminListen} answered ${status}${said}`, {
    code: "ADMIN_REFUSED",
    remedy: status === 401 ? otherToken : detail || "Look into its log.",
  });
}

/** What the answer says of itself; a proxy's answer may be anything. */
async function problemOf(answer: Response): Promise<Problem> {
  const text = await answer.text();
  if (!answer.headers.get("content-type")?.startsWith("application/problem+json")) return {};
  return JSON.parse(text) as Problem;
}

function tokenFileOf({ tokenFile, state }: AdminOptions): string {
  return tokenFile ?? join(state, "admin-token");
}

function readToken(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    process.exitCode = exitCode.unreachable;
    throw new ServiceError(`the admin token cannot be read: ${describeError(cause)}`, {
      code: "ADMIN_TOKEN_NOT_READABLE",
      remedy:
        "Name the controller's state folder with --state, or a token's file with --token-file. The controller makes its tokens at its first start.",
      cause,
    });
  }
}
