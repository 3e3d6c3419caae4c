// The admin port of a controller, as the bench uses it: what `penstock pool` and `penstock config apply` send,
// without the start of a program in between, which would take a processor away from what is measured.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Between two looks, milliseconds. */
const LOOK_MS = 50;

/** What takes longer than this is not coming, milliseconds. */
const PATIENCE_MS = 90_000;

/** A worker, as far as the bench looks at it. */
export interface ShownWorker {
  readonly id: string;
  readonly pool: string;
  readonly state: string;
  readonly pid?: number;
}

/** A controller's admin port. */
export class AdminPort {
  readonly #origin: string;
  readonly #state: string;

  /** `state` is the folder with its tokens. */
  constructor(port: number, state: string) {
    this.#origin = `http://127.0.0.1:${port}/api/v1/`;
    this.#state = state;
  }

  /** Asks for something to be done and gives the text of the answer. Rejects when it is refused. */
  async post(path: string, text?: string): Promise<string> {
    const type = text === undefined ? {} : { "content-type": "application/yaml" };
    const headers = { ...type, authorization: await this.#authorization() };
    const body = text ?? null;
    const answer = await fetch(this.#origin + path, { method: "POST", headers, body });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`POST ${path} answers ${answer.status} ${said}`);
    return said;
  }

  /** All workers; undefined while no controller leads here. */
  async workers(): Promise<readonly ShownWorker[] | undefined> {
    const headers = { authorization: await this.#authorization() };
    const answer = await fetch(`${this.#origin}workers`, { headers }).catch(() => undefined);
    if (!answer?.ok) return undefined;
    return (await answer.json()) as readonly ShownWorker[];
  }

  async #authorization(): Promise<string> {
    return `Bearer ${(await readFile(join(this.#state, "admin-token"), "utf8")).trim()}`;
  }
}

/** Resolves when the workers are as they should be, in the words of whichever of these controllers leads. */
export async function untilWorkers(
  admins: readonly AdminPort[],
  what: string,
  holds: (workers: readonly ShownWorker[]) => boolean,
): Promise<void> {
  const latest = performance.now() + PATIENCE_MS;
  for (;;) {
    const shown = await Promise.all(admins.map((admin) => admin.workers()));
    if (shown.some((workers) => workers && holds(workers))) return;
    if (performance.now() > latest)
      throw new Error(`${what} did not come within ${PATIENCE_MS} ms: ${JSON.stringify(shown)}`);
    await pause(LOOK_MS);
  }
}
