// The traces: what traffic of web applications looks like, shortened to minutes. Rates are requests per second
// as a function of the time in seconds; arrivals are a Poisson process of that rate.

import { exponential, pareto, seeded, type Random } from "../random.ts";
import type { Arrival, Trace } from "./arrival.ts";

/** Length of each trace, seconds. */
const LENGTH_S = 1200;

/** Requests per second at a time in seconds. */
type Rate = (second: number) => number;

/** Draws how long a request takes, milliseconds. */
type Service = (random: Random) => number;

const ordinary: Service = (random) => exponential(random, 300);

/** Mean 285 ms as the ordinary one's 300, but one in a thousand takes longer than 10 s. */
const heavyTailed: Service = (random) => pareto(random, { min: 100, shape: 1.5, max: 60_000 });

/** All of them. The same in each call. */
export function allTraces(): readonly Trace[] {
  return [
    poisson("steady", "200 requests/s", () => 200),
    poisson("ramp", "0 to 400 requests/s in ten minutes, and down again", (second) =>
      Math.max(0, 400 * (1 - Math.abs(second - 600) / 600)),
    ),
    poisson("flash-crowd", "5 requests/s; 1,000 at once, then 200/s for two minutes", (second) => {
      if (second >= 300 && second < 301) return 1000;
      return second >= 301 && second < 421 ? 200 : 5;
    }),
    poisson("diurnal", "a day in twenty minutes: 5 to 300 requests/s", (second) => {
      const height = (1 - Math.cos((2 * Math.PI * second) / LENGTH_S)) / 2;
      return 5 + 295 * height;
    }),
    poisson("on-off", "200 requests/s for 30 s, then nothing for 90 s", (second) =>
      second % 120 < 30 ? 200 : 0,
    ),
    poisson("heavy-tailed", "100 requests/s, service times of 0.1 to 60 s", () => 100, heavyTailed),
  ];
}

/** A trace of this rate, by thinning a faster Poisson process. */
function poisson(name: string, about: string, rate: Rate, service: Service = ordinary): Trace {
  const random = seeded(20_000 + name.length);
  const highest = Math.max(...Array.from({ length: LENGTH_S }, (_, second) => rate(second)));
  const arrivals: Arrival[] = [];
  const lengthMs = LENGTH_S * 1000;
  for (let atMs = 0; ;) {
    atMs += exponential(random, 1000 / highest);
    if (atMs >= lengthMs) return { name, about, arrivals, lengthMs };
    if (random() * highest < rate(atMs / 1000)) arrivals.push({ atMs, serviceMs: service(random) });
  }
}
