// Takes another configuration into force while everything runs. In this order, so that no request meets half
// of it:
//
//   1 read, validate        a fault ends it here: the configuration of before stays, whole
//   2 queues and accounts   of pools that are new or changed; nobody uses what is new yet
//   3 the routing table     written once, as one value: listeners swap it whole
//   4 what is wanted        swapped in one cell; the loop replaces workers, pools that are gone are seen off
//
// What fails in 2 or 3 is undone. One reload at a time.

import { isDeepStrictEqual } from "node:util";
import {
  describeChanges,
  diffConfiguration,
  type ConfigurationDiff,
} from "@penstock/configuration";
import type { ApplicationPool, HostLimits } from "@penstock/domain";
import { describeError, ServiceError } from "@penstock/foundation";
import type { RoutingStore } from "@penstock/nats-administration";
import type { ControllerEvents } from "../controller-events.ts";
import type { PoolStandings } from "../pool-standings.ts";
import type { Turns } from "../turns.ts";
import {
  faultLines,
  type ConfigurationFile,
  type ReadConfiguration,
} from "./configuration-file.ts";
import type { PoolProvisioning } from "./pool-provisioning.ts";
import type { PoolRetirement } from "./pool-retirement.ts";
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
  readonly provisioning: Pick<PoolProvisioning, "provision" | "remove">;
  readonly retirement: Pick<PoolRetirement, "has" | "keep" | "begin">;
  readonly routing: Pick<RoutingStore, "publishTable">;
  readonly standings: Pick<PoolStandings, "desired" | "publish" | "reconfigure">;
  readonly events: Pick<ControllerEvents, "failed" | "poolsConfigured" | "reloaded" | "rotated">;
  readonly turns: Turns;
  /** Epoch milliseconds. */
  readonly epochNow: () => number;
  /** Has pools looked at whose configuration is another one. */
  readonly reconfigured: (pools: readonly string[]) => void;
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

  /** What all workers together may take. */
  get hostLimits(): HostLimits {
    return this.#current.configuration.host;
  }

  get standing(): ConfigurationStanding {
    return {
      file: this.#parts.file.path,
      generation: this.#current.generation,
      appliedAt: new Date(this.#appliedAt).toISOString(),
      ...(this.#refused && { refused: this.#refused }),
    };
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
    const { turns, provisioning, standings, routing } = this.#parts;
    return turns.next(async () => {
      await provisioning.provision(Array.from(standings.desired.values(), ({ pool }) => pool));
      await standings.publish();
      const { pools, edge } = this.#current.configuration;
      await routing.publishTable(pools, edge);
    });
  }

  /** The broker is back: what was refused because it was away is tried once more. */
  async retry(): Promise<void> {
    const missed = this.#missed;
    if (missed) await this.reload({ cause: missed });
  }

  async #reload({ given, dryRun = false }: ReloadRequest): Promise<ReloadOutcome> {
    const { file, unfit } = this.#parts;
    const text = given?.text ?? (await file.read());
    const reading = file.parse(text, given?.shownAs);
    if (reading.kind === "invalid") return { kind: "invalid", faults: faultLines(reading.faults) };
    const { configuration, generation } = reading;
    const warnings = [...faultLines(reading.warnings), ...unfit(configuration.pools)];
    const changes = describeChanges(this.#current.configuration, configuration);
    // Not even tried: what waits for the broker would come true later, after this was called failed.
    if (!dryRun && !this.#parts.ready()) throw notNow();
    if (dryRun) return { kind: "planned", generation, changes, warnings };
    const stood = given && (await this.#keep(given.text));
    if (changes.length === 0 && generation === this.#current.generation) {
      this.#current = reading;
      return { kind: "unchanged", generation, changes, warnings };
    }
    try {
      await this.#apply(reading);
    } catch (thrown) {
      if (stood !== undefined) await file.replace(stood);
      throw thrown;
    }
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

  async #apply(next: ReadConfiguration): Promise<void> {
    const { provisioning, retirement, routing, standings, epochNow } = this.#parts;
    const before = this.#current;
    const { pools, edge } = next.configuration;
    const diff = diffConfiguration(before.configuration, next.configuration);
    const touched = [...diff.added, ...diff.changed.map(({ name }) => name)];
    const wasRetiring = new Set(diff.added.filter((name) => retirement.has(name)));
    try {
      await provisioning.provision(named(pools, touched));
      await standings.reconfigure(pools, () => routing.publishTable(pools, edge));
    } catch (thrown) {
      await this.#undo(before, diff, wasRetiring);
      throw thrown;
    }
    this.#current = next;
    this.#appliedAt = epochNow();
    for (const name of diff.added) retirement.keep(name);
    for (const pool of named(before.configuration.pools, diff.removed)) retirement.begin(pool);
    this.#parts.events.poolsConfigured(Array.from(standings.desired.keys()));
    for (const { name, generationChanged } of diff.changed)
      if (generationChanged) this.#parts.events.rotated(name);
    const hostChanged = !isDeepStrictEqual(before.configuration.host, next.configuration.host);
    const looked = hostChanged ? Array.from(standings.desired.keys()) : touched;
    this.#parts.reconfigured([...looked, ...diff.removed]);
  }

  /** As far as the broker lets it; what it does not is put in order by the next start. */
  async #undo(
    { configuration: { pools, edge } }: ReadConfiguration,
    { added, changed }: ConfigurationDiff,
    wasRetiring: ReadonlySet<string>,
  ): Promise<void> {
    const { provisioning, routing, events } = this.#parts;
    const names = changed.map(({ name }) => name);
    try {
      await routing.publishTable(pools, edge);
      await provisioning.provision(named(pools, names));
      for (const name of added) if (!wasRetiring.has(name)) await provisioning.remove(name);
    } catch (thrown) {
      events.failed("going back to the configuration of before", thrown);
    }
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

function named(
  pools: readonly ApplicationPool[],
  names: readonly string[],
): readonly ApplicationPool[] {
  const wanted = new Set(names);
  return pools.filter(({ name }) => wanted.has(name));
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
