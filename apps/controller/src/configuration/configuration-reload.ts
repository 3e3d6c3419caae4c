// Takes another configuration into force while everything runs: read and validated first, and a fault ends it
// there, with the configuration of before whole; then the pools change over. One reload at a time.

import { isDeepStrictEqual } from "node:util";
import { describeChanges, type HostConfiguration } from "@penstock/configuration";
import type { ApplicationPool } from "@penstock/domain";
import { describeError, ServiceError } from "@penstock/foundation";
import type { ControllerEvents } from "../controller-events.ts";
import type { PoolStandings } from "../pool-standings.ts";
import type { Turns } from "../turns.ts";
import {
  faultLines,
  type ConfigurationFile,
  type ReadConfiguration,
} from "./configuration-file.ts";
import type { PoolChangeover } from "./pool-changeover.ts";
import type { ReloadCause, ReloadOutcome } from "./reload-outcome.ts";

/** What a {@link ConfigurationReload} is made of. */
export interface ConfigurationReloadParts {
  readonly file: ConfigurationFile;
  /** What is in force at the start. */
  readonly loaded: ReadConfiguration;
  /** What of these pools has no effect here, a sentence each. Throws ServiceError when they cannot run here. */
  readonly unfit: (pools: readonly ApplicationPool[]) => readonly string[];
  /** False while the broker cannot be reached, or another controller may lead. */
  readonly ready: () => boolean;
  readonly changeover: Pick<PoolChangeover, "restore" | "run">;
  readonly standings: Pick<PoolStandings, "inForce" | "look">;
  readonly events: Pick<ControllerEvents, "reloaded">;
  readonly turns: Turns;
  /** Has every pool looked at: the host's limits are others. */
  readonly hostChanged: () => void;
  /** Epoch milliseconds. */
  readonly epochNow: () => number;
}

/** A text that is to be the configuration. */
export interface GivenConfiguration {
  readonly text: string;
  /** Its file's name in faults. */
  readonly shownAs: string;
}

/** How a reload is asked for. */
export interface ReloadRequest {
  readonly cause: ReloadCause;
  /** Instead of what stands in the controller's file, which it replaces. */
  readonly given?: GivenConfiguration;
  /** Tells what would change, and changes nothing. */
  readonly dryRun?: boolean;
}

/** When and what was taken into force last, and what came of the last try. */
export interface ConfigurationStanding {
  readonly file: string;
  readonly generation: string;
  readonly appliedAt: string;
  /** Why the last reload changed nothing; absent when it was in order. */
  readonly refused?: {
    readonly at: string;
    readonly cause: ReloadCause;
    readonly faults: readonly string[];
  };
}

/** Code of a reload that was not tried. */
export const NOT_NOW = "RELOAD_NOT_NOW";

/** Reloads. */
export class ConfigurationReload {
  readonly #parts: ConfigurationReloadParts;
  #current: ReadConfiguration;
  #appliedAt: number;
  #refused: ConfigurationStanding["refused"];
  /** What asked for a reload that could not be tried. */
  #missed: ReloadCause | undefined;

  constructor(parts: ConfigurationReloadParts) {
    this.#parts = parts;
    this.#current = parts.loaded;
    this.#appliedAt = parts.epochNow();
  }

  get standing(): ConfigurationStanding {
    return {
      file: this.#parts.file.path,
      generation: this.#current.generation,
      appliedAt: new Date(this.#appliedAt).toISOString(),
      ...(this.#refused && { refused: this.#refused }),
    };
  }

  /** The configuration in force, as the file says it. */
  get configuration(): HostConfiguration {
    return this.#current.configuration;
  }

  /** Reloads, or says why not. Never rejects. */
  reload(request: ReloadRequest): Promise<ReloadOutcome> {
    return this.#parts.turns.next(async () => {
      const outcome = await this.#reload(request).catch(refusalOf);
      if (!request.dryRun) this.#note(request.cause, outcome);
      return outcome;
    });
  }

  /** Makes everything at the broker as it should be: at the start, and after the broker's. */
  restore(): Promise<void> {
    const { turns, changeover } = this.#parts;
    return turns.next(() => changeover.restore(this.#current.configuration.edge));
  }

  /** The broker is back: what was refused because it was away is tried once more. */
  async retry(): Promise<void> {
    const missed = this.#missed;
    if (missed) await this.reload({ cause: missed });
  }

  async #reload({ given, dryRun = false }: ReloadRequest): Promise<ReloadOutcome> {
    const { file, unfit, standings } = this.#parts;
    const text = given?.text ?? (await file.read());
    const reading = file.parse(text, given?.shownAs);
    if (reading.kind === "invalid") return { kind: "invalid", faults: faultLines(reading.faults) };
    const { configuration, generation } = reading;
    const next = await standings.look(configuration.pools);
    const warnings = [
      ...faultLines(reading.warnings),
      ...unfit(configuration.pools),
      ...next.notices,
    ];
    const { edge, host } = this.#current.configuration;
    const changes = describeChanges(
      { pools: standings.inForce.pools, edge, host },
      { ...configuration, pools: next.pools },
    );
    // Not even tried: what waits for the broker would come true later, after this was called failed.
    if (!dryRun && !this.#parts.ready()) throw notNow();
    if (dryRun) return { kind: "planned", generation, changes, warnings };
    const stood = given && (await this.#keep(given.text));
    if (changes.length === 0 && generation === this.#current.generation) {
      this.#current = reading;
      return { kind: "unchanged", generation, changes, warnings };
    }
    try {
      await this.#parts.changeover.run(edge, configuration);
    } catch (thrown) {
      if (stood !== undefined) await file.replace(stood);
      throw thrown;
    }
    this.#current = reading;
    if (!isDeepStrictEqual(host, configuration.host)) this.#parts.hostChanged();
    this.#appliedAt = this.#parts.epochNow();
    return { kind: "applied", generation, changes, warnings };
  }

  /**
   * A text from elsewhere becomes the file: what holds now holds after a restart too. Returns what stood there;
   * undefined when it was the same.
   */
  async #keep(text: string): Promise<string | undefined> {
    const { file } = this.#parts;
    const stood = await file.read();
    if (stood === text) return undefined;
    await file.replace(text);
    return stood;
  }

  #note(cause: ReloadCause, outcome: ReloadOutcome): void {
    const { events, epochNow, file } = this.#parts;
    const isMissed = outcome.kind === "refused" && outcome.code === NOT_NOW;
    // An operator was told, and asks again; nobody else would.
    this.#missed = isMissed && cause !== "operator" ? cause : undefined;
    if (outcome.kind === "invalid" || outcome.kind === "refused") {
      const faults = outcome.kind === "invalid" ? outcome.faults : [outcome.message];
      this.#refused = { at: new Date(epochNow()).toISOString(), cause, faults };
    } else {
      this.#refused = undefined;
    }
    events.reloaded(cause, file.path, outcome);
  }
}

function notNow(): ServiceError {
  return new ServiceError("the broker cannot be reached", {
    code: NOT_NOW,
    remedy: "Nothing was changed. Ask again when GET /readyz is ok.",
  });
}

function refusalOf(thrown: unknown): ReloadOutcome {
  const { code = "RELOAD_FAILED", remedy = "The controller's log has the details." } =
    thrown instanceof ServiceError ? thrown : {};
  return { kind: "refused", code, message: describeError(thrown), remedy };
}
