// One request inside a Node-style application: a genuine IncomingMessage and ServerResponse over an
// ExchangeSocket, without the HTTP parser. What Node's server does around its two objects (lib/_http_server
// in Node's source) stands here in the same order, so that every event comes when it comes there.
//
// The exchange ends when the answer is complete; the request body may still be on its way then:
//
//   somebody listens for the body       the end waits until the body is complete: the application reads
//                                       on, as it could on a connection
//   nobody listens                      the end goes out, the listener has the rest of the body, and the
//                                       request ends as one that was thrown away
//   the answer closes the connection    the end goes out, and whoever listens sees an aborted request

import diagnostics from "node:diagnostics_channel";
import type { Server } from "node:http";
import type { ExchangeReceiver, WorkerExchange } from "@penstock/request-queue";
import { AnswerWriter } from "./answer-writer.ts";
import { ExchangeSocket } from "./exchange-socket.ts";
import type { SocketOwner, WriteCallback } from "./exchange-socket.ts";
import {
  applyUniqueHeaders,
  closesConnection,
  connectionListeners,
  detachAbortSignal,
  emitClose,
  emitDrain,
  expectContinue,
} from "./node-http-internals.ts";
import type { MessageClasses, NodeRequest, NodeResponse } from "./node-http-internals.ts";
import { fieldValue, makeNodeRequest } from "./node-request.ts";
import { RawAnswer } from "./raw-answer.ts";
import { RequestBodyFeed } from "./request-body-feed.ts";
import { ResponseFraming } from "./response-framing.ts";
import { describeThrown } from "./thrown.ts";

const requestStart = diagnostics.channel("http.server.request.start");
const responseFinish = diagnostics.channel("http.server.response.finish");
const expectsContinue = /(?:^|\W)100-continue(?:$|\W)/i;

/** The server whose listeners are the application, and where its late faults go. */
export interface NodeHosting {
  readonly server: Server;
  readonly classes: MessageClasses;
  /** Takes what goes wrong when nobody waits for an answer any more. */
  report(detail: string): void;
}

/** One request in the application, from its arrival to the end of its answer. */
export class NodeExchange implements ExchangeReceiver, SocketOwner {
  readonly #hosting: NodeHosting;
  readonly #exchange: WorkerExchange;
  readonly #socket: ExchangeSocket;
  readonly #request: NodeRequest;
  readonly #response: NodeResponse;
  readonly #requestBody: RequestBodyFeed;
  readonly #framing = new ResponseFraming();
  readonly #answer: AnswerWriter;
  #rawAnswer: RawAnswer | undefined;
  #finished = false;

  constructor(exchange: WorkerExchange, hosting: NodeHosting) {
    const { server, classes } = hosting;
    this.#hosting = hosting;
    this.#exchange = exchange;
    this.#answer = new AnswerWriter(exchange);
    const socket = new ExchangeSocket(exchange.head.connection, this);
    this.#socket = socket;
    socket.server = server;
    if (server.timeout > 0) socket.setTimeout(server.timeout);
    this.#request = makeNodeRequest(exchange, socket, hosting);
    this.#requestBody = new RequestBodyFeed(exchange, this.#request);
    const { rejectNonStandardBodyWrites } = server as { rejectNonStandardBodyWrites?: boolean };
    const highWaterMark = socket.writableHighWaterMark;
    this.#response = new classes.Response(this.#request, {
      highWaterMark,
      rejectNonStandardBodyWrites,
    });
    applyUniqueHeaders(this.#response, classes.uniqueHeaders);
    exchange.receiver = this;
  }

  /** Hands the request to the application. */
  run(): void {
    const { server } = this.#hosting;
    const request = this.#request;
    const response = this.#response;
    const socket = this.#socket;
    if (server.listenerCount("connection") > 1) {
      for (const listener of connectionListeners(server)) listener.call(server, socket);
    }
    if (requestStart.hasSubscribers) requestStart.publish({ request, response, socket, server });
    response.assignSocket(socket);
    response.on("finish", onFinish);
    try {
      this.#emitRequest();
    } catch (thrown) {
      this.failed(thrown);
    }
    this.#requestBody.begin();
  }

  body(chunk: Uint8Array): void {
    this.#socket.noteActivity();
    this.#requestBody.body(chunk);
  }

  bodyEnd(trailers: string[]): void {
    this.#requestBody.end(trailers);
    if (!this.#answer.endHeld) return;
    this.#answer.releaseEnd();
    if (this.#finished) this.#closeSocket();
  }

  window(): void {
    this.#answer.window();
    this.#rawAnswer?.window();
  }

  cancel(): void {
    this.#answer.cancel();
    this.#rawAnswer?.cancel();
    this.#socket.destroy();
  }

  written(chunk: string | Uint8Array, encoding: string): void {
    this.#framing.read(this.#socket.currentResponse, chunk, encoding);
  }

  flush(callback: WriteCallback): void {
    const framing = this.#framing;
    this.#socket.noteActivity();
    if (framing.fault !== undefined) {
      this.#break(framing.fault);
      return callback();
    }
    if (framing.interims.length > 0 && !this.#answer.over) this.#passInterims();
    if (framing.raw) return this.#flushRaw(callback);
    if (this.#answer.over || framing.head === undefined) return callback();
    this.#answer.start(framing.head);
    if (framing.complete) this.#finishAnswer();
    const { pieces } = framing;
    framing.pieces = [];
    this.#answer.send(pieces, callback);
  }

  #flushRaw(callback: WriteCallback): void {
    if (this.#rawAnswer === undefined) {
      if (this.#answer.over) return callback();
      this.#answer.cancel();
      this.#rawAnswer = new RawAnswer(this.#exchange, this, (detail) =>
        this.#hosting.report(detail),
      );
    }
    const { pieces } = this.#framing;
    this.#framing.pieces = [];
    this.#rawAnswer.write(pieces, callback);
  }

  drained(): void {
    emitDrain(this.#response);
  }

  requestBodyPaused(paused: boolean): void {
    this.#requestBody.pause(paused);
  }

  timedOut(): boolean {
    const socket = this.#socket;
    const requestHandled = !this.#request.complete && this.#request.emit("timeout", socket);
    const responseHandled = !this.#finished && this.#response.emit("timeout", socket);
    return this.#hosting.server.emit("timeout", socket) || requestHandled || responseHandled;
  }

  socketDestroyed(error: Error | null): void {
    this.#rawAnswer?.end();
    // The answer is whole: the application only wants no more of the request body.
    this.#answer.releaseEnd();
    this.#answer.reset(
      error === null
        ? "the application closed the connection before its answer was complete"
        : `the application closed the connection: ${describeThrown(error)}`,
    );
  }

  socketClosed(): void {
    const unread = this.#requestBody.awaited();
    if (this.#finished && !unread) this.#requestBody.abandon();
    else this.#request.destroy(connectionReset());
  }

  socketError(error: unknown): void {
    this.#hosting.server.emit("clientError", error, this.#socket);
  }

  /** The application threw, or its promise rejected. */
  failed(thrown: unknown): void {
    if (this.#answer.over) this.#hosting.report(describeThrown(thrown));
    else this.#break(describeThrown(thrown));
  }

  #emitRequest(): void {
    const { server } = this.#hosting;
    const response = this.#response;
    let event = "request";
    const { head } = this.#exchange;
    const expectation = fieldValue(head, "expect");
    // An expectation of HTTP/1.0 is none (RFC 9110 §10.1.1).
    if (expectation !== undefined && head.httpVersionMinor === 1) {
      if (expectsContinue.test(expectation)) {
        expectContinue(response);
        if (server.listenerCount("checkContinue") > 0) event = "checkContinue";
        else response.writeContinue();
      } else if (server.listenerCount("checkExpectation") > 0) event = "checkExpectation";
      else return void response.writeHead(417).end();
    }
    if (!server.emit(event, this.#request, response)) throw new Error("the server has no listener");
  }

  #passInterims(): void {
    const { interims } = this.#framing;
    this.#framing.interims = [];
    for (const { status, rawHeaders } of interims) this.#exchange.interim(status, rawHeaders);
  }

  #finishAnswer(): void {
    const hold =
      !closesConnection(this.#response) &&
      !this.#exchange.bodyComplete &&
      this.#requestBody.awaited();
    this.#answer.finish(this.#framing.trailers, hold);
  }

  /** Node's `resOnFinish`: everything that the application wrote is out. */
  responseFinished(): void {
    const request = this.#request;
    const response = this.#response;
    const socket = this.#socket;
    if (this.#finished) return;
    this.#finished = true;
    this.#endUnframed();
    if (responseFinish.hasSubscribers) {
      responseFinish.publish({ request, response, socket, server: this.#hosting.server });
    }
    detachAbortSignal(request);
    this.#requestBody.leave();
    response.detachSocket(socket);
    process.nextTick(afterFinish, this);
  }

  /** The tick after `finish`: Node's response closes, and so does this one's connection. */
  closeAfterFinish(): void {
    emitClose(this.#response);
    this.#requestBody.close();
    if (!this.#answer.endHeld) this.#closeSocket();
  }

  /** Nobody sees the end of a socket that nobody listens to and whose request is complete. */
  #closeSocket(): void {
    const socket = this.#socket;
    if (!this.#requestBody.arrived || socket.listenerCount("close") > 0) socket.destroy();
    else if (socket.timeout !== undefined) socket.setTimeout(0);
  }

  /** An answer whose end nothing in its framing tells ends here. */
  #endUnframed(): void {
    if (this.#answer.over || this.#answer.endHeld) return;
    this.#framing.end();
    if (this.#framing.fault !== undefined) return this.#break(this.#framing.fault);
    this.#finishAnswer();
    this.#answer.send([]);
  }

  #break(detail: string): void {
    this.#answer.reset(detail);
    this.#socket.destroy();
  }
}

function onFinish(this: NodeResponse): void {
  (this.socket as ExchangeSocket | null)?.responseFinished();
}

function afterFinish(finished: NodeExchange): void {
  finished.closeAfterFinish();
}

/** The error that Node gives a request whose client left. */
function connectionReset(): Error {
  return Object.assign(new Error("aborted"), { code: "ECONNRESET" });
}
