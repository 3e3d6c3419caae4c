// Names of what a pool's workers run, with the mark of an operator's recycling: `<configuration>.<recycles>`.
// A worker carries its name as a label, so that a controller which adopts it knows whether it is current.

/** A configuration's name after so many recyclings by an operator. Without any it is the name itself. */
export function markedGeneration(generation: string, recycles: number): string {
  return recycles === 0 ? generation : `${generation}.${recycles}`;
}

/** How often the pool had been recycled by an operator when a worker of this generation was started. */
export function recyclesOf(generation: string): number {
  return Number(/\.(\d+)$/.exec(generation)?.[1] ?? 0);
}
