// Who speaks next in a test world: every connection has one channel each way, every process one for the
// ends of its turns. Order within a channel is kept, as TCP keeps it; the order between channels is what
// a test chooses: as things were sent, or any other that could happen.

/** Things that happen one after the other. */
export interface Channel {
  readonly name: string;
  readonly size: number;
  push(run: () => void): void;
  /** Loses what is under way. */
  clear(): void;
}

/** Names one of `channels`, none of which is empty: its next thing happens. Undefined: nothing may happen now. */
export type ChooseChannel = (channels: readonly Channel[]) => Channel | undefined;

interface Entry {
  readonly order: number;
  readonly run: () => void;
}

/** Channels, and the one place from which they move. */
export class ChannelScheduler {
  readonly #channels: QueuedChannel[] = [];
  #order = 0;
  /** Undefined: in the order in which things were sent. */
  choose: ChooseChannel | undefined;

  channel(name: string): Channel {
    const channel = new QueuedChannel(name, () => this.#order++);
    this.#channels.push(channel);
    return channel;
  }

  /** Lets one thing happen. False when nothing is under way, or may happen. */
  step(): boolean {
    const waiting = this.#channels.filter((channel) => channel.size > 0);
    if (waiting.length === 0) return false;
    const chosen = this.choose ? this.choose(waiting) : oldest(waiting);
    if (!chosen) return false;
    (chosen as QueuedChannel).take().run();
    return true;
  }

  /** Lets things happen until nothing is under way. Throws when that takes more than `limit` steps. */
  run(limit = 100_000): void {
    for (let steps = 0; this.step(); steps++) {
      if (steps >= limit) throw new Error(`something is still under way after ${limit} steps`);
    }
  }
}

class QueuedChannel implements Channel {
  readonly name: string;
  readonly #nextOrder: () => number;
  #entries: Entry[] = [];

  constructor(name: string, nextOrder: () => number) {
    this.name = name;
    this.#nextOrder = nextOrder;
  }

  get size(): number {
    return this.#entries.length;
  }

  get oldest(): number {
    return this.#entries[0]?.order ?? Infinity;
  }

  push(run: () => void): void {
    this.#entries.push({ order: this.#nextOrder(), run });
  }

  take(): Entry {
    return this.#entries.shift() as Entry;
  }

  clear(): void {
    this.#entries = [];
  }
}

function oldest(channels: readonly QueuedChannel[]): QueuedChannel {
  return channels.reduce((first, channel) => (channel.oldest < first.oldest ? channel : first));
}
