// The two ports to the broker, one for each end of a request's way. They move bytes and say what became
// of them; every rule stands in the protocol above them. The port that a process holds is the permission
// that it has: a listener can put into queues and talk to workers, a worker can take from its one queue
// and talk to listeners.
//
// Both are used from one event loop and call back on it. Nothing here blocks and nothing throws.

/** A worker, as a listener's transport knows it. One object per worker: compare by identity. */
export interface WorkerAddress {
  readonly pool: string;
  readonly worker: string;
}

/** Why the broker did not take a request. */
export type PublishRefusal =
  | { readonly kind: "full" }
  | { readonly kind: "unavailable"; readonly detail: string }
  /** Larger than any message may be: whoever asks again gets the same. */
  | { readonly kind: "tooLarge"; readonly detail: string };

/** A message that waits in a queue. */
export interface WaitingMessage {
  readonly sequence: number;
  readonly envelope: Uint8Array;
}

/** What a listener sees of its requests in a queue: the oldest; none; or nothing, as nobody answered. */
export type QueueView = WaitingMessage | "none" | "unknown";

/** A listener's end. */
export interface ListenerTransport {
  /** False while the broker cannot be reached. What is published or sent then is lost. */
  readonly connected: boolean;
  /**
   * Puts an envelope into a pool's queue, behind everything that was put there before. `confirm`: the outcome
   * is wanted; it arrives at the receiver, under the exchange's number.
   */
  publish(pool: string, exchange: number, envelope: Uint8Array, confirm: boolean): void;
  /** Takes a waiting request out of its queue. Without effect when it is no longer there. */
  remove(pool: string, sequence: number): void;
  /**
   * Asks which request of this listener is the oldest that waits in a pool's queue, of those with a number
   * above `after`. What was published just before may still be on its way there.
   */
  look(pool: string, after: number): Promise<QueueView>;
  /** Sends frames to a worker. Order is kept per worker. */
  send(worker: WorkerAddress, frames: Uint8Array): void;
  /** Asks the broker whether anybody listens at this address. Resolves true when in doubt. */
  probe(worker: WorkerAddress): Promise<boolean>;
  /** The address is not needed any more: its worker is gone or has been silent for long. */
  forget(worker: WorkerAddress): void;
  /** Names the one receiver of what arrives. Called once, before anything is published. */
  attach(receiver: ListenerReceiver): void;
}

/** What a {@link ListenerTransport} calls. */
export interface ListenerReceiver {
  /** Frames from a worker, one message. The bytes may be kept. */
  frames(worker: WorkerAddress, message: Uint8Array): void;
  /** The queue took the request, under this sequence number. May come after its claim. */
  published(exchange: number, sequence: number): void;
  /** The queue did not take the request. */
  refused(exchange: number, refusal: PublishRefusal): void;
  disconnected(): void;
  /** `brokerRestarted`: what was in memory queues is gone. */
  reconnected(brokerRestarted: boolean): void;
}

/** A worker's end. */
export interface WorkerTransport {
  /**
   * Asks for up to `count` requests. Each arrives as a delivery, or is reported as unanswered. What is
   * delivered has left the queue: it is given to nobody else.
   */
  pull(count: number): void;
  /** Sends frames to a listener. Order is kept per listener. */
  send(listener: string, frames: Uint8Array): void;
  /**
   * Lets open pulls end, which may bring something yet. When it resolves, no delivery follows until the next
   * pull.
   */
  stopPulling(): Promise<void>;
  /** Names the one receiver of what arrives. Called once, before the first pull. */
  attach(receiver: WorkerReceiver): void;
}

/** What a {@link WorkerTransport} calls. */
export interface WorkerReceiver {
  /** One message out of the queue. */
  delivered(message: Uint8Array): void;
  /** So many pulled requests will not come: the pull expired. */
  unanswered(count: number): void;
  /** Frames from a listener, one message. The bytes may be kept. */
  frames(message: Uint8Array): void;
  /** The connection broke; pulls and frames under way are lost. */
  disconnected(): void;
  reconnected(): void;
}

/** Runs something when the current turn of the event loop has handled all that had arrived. */
export type Defer = (run: () => void) => void;
