// The identities of workers at the broker: minted at launch, noted in the state folder so that a successor
// can revoke them too, revoked at the worker's end.

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { issueWorkerCredentials, type AccountPublisher, type Trust } from "@penstock/nats-accounts";
import { renderCredentials } from "@penstock/nats-connection";
import { subjectToken } from "@penstock/wire";

/** How long a worker's credentials are good for, seconds. They are revoked at its end; this is for those that escape that. */
const LIFE_S = 7 * 24 * 3600;

/** What is noted of a worker. */
interface Note {
  readonly pool: string;
  readonly id: string;
  readonly userKey: string;
}

/** Mints and revokes. */
export class WorkerIdentities {
  readonly #trust: Trust;
  readonly #accounts: AccountPublisher;
  readonly #folder: string;

  constructor(trust: Trust, accounts: AccountPublisher, stateDirectory: string) {
    this.#trust = trust;
    this.#accounts = accounts;
    this.#folder = join(stateDirectory, "identities");
  }

  /** New credentials for a worker that is about to be launched. */
  async issue(pool: string, id: string): Promise<string> {
    const { credentials, userKey } = issueWorkerCredentials(this.#trust, {
      pool,
      id,
      lifeS: LIFE_S,
    });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const note: Note = { pool, id, userKey };
    await writeFile(this.#file(id), JSON.stringify(note), { mode: 0o600 });
    return renderCredentials(credentials);
  }

  /** The worker has ended: whoever has its credentials is disconnected and refused. */
  async revoke(id: string): Promise<void> {
    const note = await this.#read(this.#file(id));
    if (!note) return;
    await this.#accounts.revoke(note.pool, [note.userKey]);
    await rm(this.#file(id), { force: true });
  }

  /** Revokes what a former controller issued to workers that are gone. */
  async revokeAllBut(living: ReadonlySet<string>): Promise<void> {
    const files = await readdir(this.#folder).catch(() => []);
    for (const file of files) {
      const note = await this.#read(join(this.#folder, file));
      if (note && !living.has(note.id)) await this.revoke(note.id);
    }
  }

  #file(id: string): string {
    return join(this.#folder, `${subjectToken(id)}.json`);
  }

  async #read(file: string): Promise<Note | undefined> {
    try {
      return JSON.parse(await readFile(file, "utf8")) as Note;
    } catch {
      return undefined;
    }
  }
}
