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

  /** In front of all others: for what had waited before. */
  prepend(exchange: Exchange): void {
    exchange.previous = undefined;
    exchange.next = this.first;
    if (this.first) this.first.previous = exchange;
    else this.#last = exchange;
    this.first = exchange;
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
