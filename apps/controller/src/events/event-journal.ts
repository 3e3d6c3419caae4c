// What happened, for operators: the latest events in memory, where they are listed and waited for, and every
// one of them on its way to the broker, where they outlive this process. Nobody waits for that way: while the
// broker is away events wait in a bounded line, and those that do not fit are lost, and counted.

import { eventFacts, type OperationalEvent, type RecordedEvent } from "@penstock/domain";
import type { Clock } from "@penstock/foundation";
import { EVENTS_KEPT, type EventStore } from "@penstock/nats-administration";

/** Events that wait for the broker at most. */
const WAITING_MAX = 1000;

/** Time until a write that failed is tried again, milliseconds. */
const RETRY_MS = 1000;

/** What an {@link EventJournal} is made of. */
export interface EventJournalParts {
  readonly store: Pick<EventStore, "append" | "all">;
  readonly clock: Clock;
  readonly epochNow: () => number;
  /** An event will not be kept. */
  readonly dropped: () => void;
}

/** Which events are asked for. */
export interface EventQuery {
  /** Only later ones. */
  readonly after?: number;
  readonly pool?: string;
  /** The latest so many. */
  readonly limit: number;
}

/** Keeps events. */
export class EventJournal {
  readonly #parts: EventJournalParts;
  #kept: RecordedEvent[] = [];
  #waiting: RecordedEvent[] = [];
  #writing: Promise<void> | undefined;
  #nextId: number;
  #listeners = new Set<() => void>();

  private constructor(parts: EventJournalParts, kept: RecordedEvent[]) {
    this.#parts = parts;
    this.#kept = kept;
    this.#nextId = (kept.at(-1)?.id ?? 0) + 1;
  }

  /** Reads what was kept before. */
  static async open(parts: EventJournalParts): Promise<EventJournal> {
    return new EventJournal(parts, await parts.store.all());
  }

  /** Notes an event. Never waits and never throws. */
  readonly record = (event: OperationalEvent): void => {
    const { severity, was } = eventFacts(event.kind);
    const at = new Date(this.#parts.epochNow()).toISOString();
    const recorded = { id: this.#nextId++, at, severity, ...(was && { was }), ...event };
    this.#kept.push(recorded);
    // Now and then, and not for each: a shift moves all of them.
    if (this.#kept.length > 2 * EVENTS_KEPT) this.#kept = this.#kept.slice(-EVENTS_KEPT);
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(recorded);
    else this.#parts.dropped();
    this.#writing ??= this.#write();
    for (const listener of this.#listeners) listener();
  };

  /** Events that match, oldest first. */
  list({ after = 0, pool, limit }: EventQuery): readonly RecordedEvent[] {
    const matching = this.#kept
      .slice(-EVENTS_KEPT)
      .filter((event) => event.id > after && (pool === undefined || event.pool === pool));
    return limit === 0 ? [] : matching.slice(-limit);
  }

  /** As {@link list}; where there are none, those that come first within this time. */
  async next(query: EventQuery, withinMs: number): Promise<readonly RecordedEvent[]> {
    const found = this.list(query);
    if (found.length > 0 || withinMs === 0) return found;
    return await new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#listeners.delete(look);
        resolve(this.list(query));
      };
      const look = (): void => {
        if (this.list(query).length > 0) end();
      };
      const cancel = this.#parts.clock.after(withinMs, end);
      this.#listeners.add(look);
    });
  }

  /** Resolves when nothing waits for the broker any more, at the latest after `limitMs`. */
  async settled(limitMs: number): Promise<void> {
    if (!this.#writing) return;
    const limit = Promise.withResolvers<void>();
    const cancel = this.#parts.clock.after(limitMs, limit.resolve);
    await Promise.race([this.#writing, limit.promise]);
    cancel();
  }

  async #write(): Promise<void> {
    for (let event = this.#waiting[0]; event; event = this.#waiting[0]) {
      const kept = await this.#parts.store.append(event).then(
        () => true,
        () => false,
      );
      if (kept) this.#waiting.shift();
      else await new Promise<void>((resolve) => this.#parts.clock.after(RETRY_MS, resolve));
    }
    this.#writing = undefined;
  }
}
