// A doubly linked list of exchanges, in order of admission: constant-time removal from the middle, no
// allocation, and its size is the figure that admission and scaling look at.

import type { Exchange } from "./exchange.ts";

/** Exchanges in order. An exchange is in at most one list. */
export class ExchangeList {
  first: Exchange | undefined = undefined;
  #last: Exchange | undefined = undefined;
  size = 0;

  append(exchange: Exchange): void {
    exchange.previous = this.#last;
    exchange.next = undefined;
    if (this.#last) this.#last.next = exchange;
    else this.first = exchange;
    this.#last = exchange;
    this.size++;
  }

  /**
   * Behind all that were admitted no later: for what had waited before. Cheap, because that is mostly older
   * than what waits now.
   */
  insert(exchange: Exchange): void {
    let next = this.first;
    while (next && next.admittedAt <= exchange.admittedAt) next = next.next;
    if (!next) return this.append(exchange);
    exchange.previous = next.previous;
    exchange.next = next;
    if (next.previous) next.previous.next = exchange;
    else this.first = exchange;
    next.previous = exchange;
    this.size++;
  }

  remove(exchange: Exchange): void {
    if (exchange.previous) exchange.previous.next = exchange.next;
    else this.first = exchange.next;
    if (exchange.next) exchange.next.previous = exchange.previous;
    else this.#last = exchange.previous;
    exchange.previous = undefined;
    exchange.next = undefined;
    this.size--;
  }

  /** A copy, safe against removal while walking it. */
  toArray(): Exchange[] {
    const all: Exchange[] = [];
    for (let exchange = this.first; exchange; exchange = exchange.next) all.push(exchange);
    return all;
  }
}
