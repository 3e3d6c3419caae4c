// What is going to happen, by time: a binary heap.

/** Something at a time. */
export interface Timed {
  readonly at: number;
}

/** Events of which the earliest comes out first. */
export class EventQueue<Event extends Timed> {
  readonly #heap: Event[] = [];

  /** The earliest event; it stays. */
  get next(): Event | undefined {
    return this.#heap[0];
  }

  add(event: Event): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (!parent || parent.at <= event.at) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = event;
  }

  /** Takes the earliest event out. */
  take(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last && heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    for (let place = 0; ;) {
      const left = heap[2 * place + 1];
      const right = heap[2 * place + 2];
      const rightIsNext = left && right && right.at < left.at;
      const child = rightIsNext ? right : left;
      if (!child || child.at >= event.at) {
        heap[place] = event;
        return;
      }
      heap[place] = child;
      place = 2 * place + (rightIsNext ? 2 : 1);
    }
  }
}
