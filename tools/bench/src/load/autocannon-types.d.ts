// The part of autocannon that is used here: it ships no types.

declare module "autocannon" {
  interface Options {
    readonly url: string;
    readonly connections: number;
    readonly duration: number;
    /** Seconds. */
    readonly timeout: number;
  }

  interface Result {
    /** Seconds. */
    readonly duration: number;
    readonly non2xx: number;
    /** Connections that failed, time-outs among them. */
    readonly errors: number;
  }

  interface Instance extends PromiseLike<Result> {
    on(
      event: "response",
      heard: (client: unknown, status: number, bytes: number, milliseconds: number) => void,
    ): void;
  }

  export default function autocannon(options: Options): Instance;
}
