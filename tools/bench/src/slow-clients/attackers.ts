// Clients that take as long as they can, in this process. Whoever is cut off comes back at once.
//
//   slow header      a header line every few seconds, never the last one
//   slow body        a byte of the body every few seconds
//   stalled body     the begin of a body, then nothing
//   slow reader      takes an endless answer a few KiB a second
//   never reads      asks for an endless answer and takes none of it

import { connect, type Socket } from "node:net";

/** What an attacker does. */
export const attacks = [
  "slow header",
  "slow body",
  "stalled body",
  "slow reader",
  "never reads",
] as const;

/** One of them. */
export type Attack = (typeof attacks)[number];

/** Between two looks at all attackers, milliseconds; each does something at one look in so many. */
const TICK_MS = 100;
const TICKS_PER_ACT = 20;

/** Bytes that a slow reader takes at an act. */
const SIP = 8192;

const head = (line: string, ...fields: string[]): string =>
  [`${line} HTTP/1.1`, "Host: 127.0.0.1", ...fields, ""].join("\r\n");

const openings: Readonly<Record<Attack, string>> = {
  "slow header": head("GET /attacked/"),
  "slow body": `${head("POST /attacked/upload", "Content-Length: 1000000")}\r\nx`,
  "stalled body": `${head("POST /attacked/upload", "Content-Length: 1000000")}\r\nx`,
  "slow reader": `${head("GET /attacked/download")}\r\n`,
  "never reads": `${head("GET /attacked/download")}\r\n`,
};

const acts: Readonly<Partial<Record<Attack, (socket: Socket) => void>>> = {
  "slow header": (socket) => void socket.write("X: x\r\n"),
  "slow body": (socket) => void socket.write("x"),
  "slow reader": (socket) => void socket.read(Math.min(SIP, socket.readableLength)),
};

interface Attacker {
  readonly attack: Attack;
  socket: Socket;
}

/** Attackers at work. Disposing ends them. */
export class Attackers implements AsyncDisposable {
  readonly #port: number;
  readonly #all: Attacker[];
  readonly #cut = new Map<Attack, number>(attacks.map((attack) => [attack, 0]));
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;
  #over = false;

  /** Sends out so many, the same number of each kind. */
  constructor(port: number, count: number) {
    this.#port = port;
    this.#all = Array.from({ length: count }, (_, index) => {
      const attack = attacks[index % attacks.length] ?? "slow header";
      const attacker: Attacker = { attack, socket: this.#begin(attack, () => attacker) };
      return attacker;
    });
    this.#timer = setInterval(() => this.#act(), TICK_MS);
  }

  /** How often an attacker was cut off, by what it did. */
  get cutOff(): Readonly<Record<Attack, number>> {
    return Object.fromEntries(this.#cut) as Record<Attack, number>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    clearInterval(this.#timer);
    const closed = this.#all.map(
      ({ socket }) =>
        new Promise<void>((resolve) => {
          if (socket.closed) return resolve();
          socket.once("close", () => resolve());
          socket.destroy();
        }),
    );
    await Promise.all(closed);
  }

  #begin(attack: Attack, attacker: () => Attacker): Socket {
    const socket = connect({ host: "127.0.0.1", port: this.#port, noDelay: true });
    socket.write(openings[attack]);
    // Who does not read would not see the end.
    if (acts[attack] !== acts["slow reader"] && attack !== "never reads") socket.resume();
    socket.on("error", () => {});
    socket.on("end", () => socket.destroy());
    socket.once("close", () => {
      if (this.#over) return;
      this.#cut.set(attack, (this.#cut.get(attack) ?? 0) + 1);
      attacker().socket = this.#begin(attack, attacker);
    });
    return socket;
  }

  /** A part of all: the work is spread evenly. */
  #act(): void {
    this.#ticks++;
    for (let n = this.#ticks % TICKS_PER_ACT; n < this.#all.length; n += TICKS_PER_ACT) {
      const { attack, socket } = this.#all[n] as Attacker;
      if (socket.writable) acts[attack]?.(socket);
    }
  }
}
