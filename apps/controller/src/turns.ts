// Changes that must not overlap: one after another, in the order in which they were asked for.

/** A queue of one. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs a change when those before it are done, whatever became of them. */
  next<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(change);
    this.#last = done.catch(() => {});
    return done;
  }
}
