// A closed-loop load: so many clients, each asking again as soon as it has its answer. Every answer is
// judged, none is forgotten.

import { Agent, request, type Dispatcher } from "undici";

/** One answer that was not as it should be. */
export interface Fault {
  readonly at: number;
  readonly what: string;
}

/** What a load asks. */
export interface LoadRequest {
  readonly origin: string;
  readonly path: string;
  readonly method?: Dispatcher.HttpMethod;
  readonly clients: number;
}

/** A load that runs until it is ended, by its disposal at the latest. */
export interface RunningLoad extends AsyncDisposable {
  /** Requests answered so far. */
  readonly answered: number;
  readonly faults: readonly Fault[];
  /** Resolves when every client has its last answer. Ending it twice does no harm. */
  end(): Promise<void>;
}

/** Starts a load. Each request carries a number in its path, and the answer must repeat it. */
export function startLoad({ origin, path, method = "GET", clients }: LoadRequest): RunningLoad {
  const agent = new Agent({ connections: clients, pipelining: 1 });
  const faults: Fault[] = [];
  let answered = 0;
  const ending = new AbortController();
  let asked = 0;
  const ask = async (): Promise<void> => {
    const target = `${path}${++asked}`;
    try {
      const answer = await request(origin + target, { method, dispatcher: agent });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || !text.startsWith(target))
        faults.push({ at: Date.now(), what: `${answer.statusCode} ${text}` });
      answered++;
    } catch (thrown) {
      faults.push({ at: Date.now(), what: String(thrown) });
    }
  };
  const running = Promise.all(
    Array.from({ length: clients }, async () => {
      while (!ending.signal.aborted) await ask();
    }),
  );
  const end = async (): Promise<void> => {
    ending.abort();
    await running;
    if (!agent.closed) await agent.close();
  };
  return {
    get answered() {
      return answered;
    },
    faults,
    end,
    [Symbol.asyncDispose]: end,
  };
}
