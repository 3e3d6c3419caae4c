// The controller's admin API as the commands use it: its token from the state folder, its failures as exit
// codes.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, ServiceError } from "@penstock/foundation";
import { exitCode } from "./exit-code.ts";

/** Where the API is. */
export interface AdminOptions {
  readonly state: string;
  readonly adminListen: string;
}

/** What is asked. */
export interface AdminRequest {
  readonly method?: "GET" | "POST";
  /** Below `/api/v1/`. */
  readonly path: string;
  readonly body?: unknown;
}

/** Exit codes of refusals; others are plain failures. */
const EXIT_CODES: Readonly<Record<number, number>> = {
  404: exitCode.notFound,
  409: exitCode.conflict,
};

/** Asks, and throws ServiceError with the exit code set: ADMIN_UNREACHABLE, ADMIN_TOKEN_NOT_READABLE, or what was refused. */
export async function askAdmin<Answer>(
  options: AdminOptions,
  request: AdminRequest,
): Promise<Answer> {
  const token = readToken(options.state);
  const answer = await send(options, request, token);
  if (!answer) {
    process.exitCode = exitCode.unreachable;
    throw new ServiceError(`no controller answers at ${options.adminListen}`, {
      code: "ADMIN_UNREACHABLE",
      remedy: "Start it with `penstock up`, or name its address with --admin-listen.",
    });
  }
  return await read<Answer>(options, answer);
}

/** As {@link askAdmin}, and undefined when no controller runs: for what can be done without one. */
export async function askAdminIfThere<Answer>(
  options: AdminOptions,
  request: AdminRequest,
): Promise<Answer | undefined> {
  const answer = await send(options, request, readTokenIfThere(options.state) ?? "");
  return answer && (await read<Answer>(options, answer));
}

/** Undefined when nobody answers. */
async function send(
  { adminListen }: AdminOptions,
  { method = "GET", path, body }: AdminRequest,
  token: string,
): Promise<Response | undefined> {
  try {
    return await fetch(`http://${adminListen}/api/v1/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch {
    return undefined;
  }
}

async function read<Answer>(options: AdminOptions, answer: Response): Promise<Answer> {
  if (answer.ok) return (await answer.json()) as Answer;
  process.exitCode = EXIT_CODES[answer.status] ?? exitCode.failed;
  const { code, title, detail } = await problemOf(answer);
  if (code !== undefined && title !== undefined)
    throw new ServiceError(title, { code, ...(detail !== undefined && { remedy: detail }) });
  throw new ServiceError(`the controller at ${options.adminListen} answered ${answer.status}`, {
    code: "ADMIN_REFUSED",
    remedy:
      answer.status === 401
        ? `The token in ${join(options.state, "admin-token")} is not this controller's: name its state folder with --state.`
        : "Look into its log.",
  });
}

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    return (await answer.json()) as Problem;
  } catch {
    return {};
  }
}

function readToken(state: string): string {
  try {
    return readFileSync(join(state, "admin-token"), "utf8").trim();
  } catch (cause) {
    process.exitCode = exitCode.unreachable;
    throw new ServiceError(`the admin token cannot be read: ${describeError(cause)}`, {
      code: "ADMIN_TOKEN_NOT_READABLE",
      remedy:
        "Name the controller's state folder with --state. It makes the token at its first start.",
      cause,
    });
  }
}

function readTokenIfThere(state: string): string | undefined {
  try {
    return readFileSync(join(state, "admin-token"), "utf8").trim();
  } catch {
    return undefined;
  }
}
