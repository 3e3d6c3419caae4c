// What a listener says and hears besides requests: its load to the controller, the controller's events.

import type { NatsLink } from "@penstock/nats-connection";
import {
  decodePoolEvent,
  encodeJson,
  loadSubject,
  nameOfToken,
  poolEventSubjects,
  type ListenerLoad,
  type PoolEvent,
} from "@penstock/wire";

/** A listener's line to the controller. */
export class ListenerSignals {
  readonly #link: NatsLink;
  readonly #loadSubject: string;

  constructor(link: NatsLink, listener: string) {
    this.#link = link;
    this.#loadSubject = loadSubject(listener);
  }

  sendLoad(load: ListenerLoad): void {
    this.#link.publish(this.#loadSubject, encodeJson(load));
  }

  onPoolEvent(happened: (pool: string, event: PoolEvent) => void): void {
    this.#link.subscribe(poolEventSubjects, (message) => {
      const event = decodePoolEvent(message.data);
      if (event) happened(nameOfToken(message.subject.slice("evt.".length)), event);
    });
  }
}
