/** Answers on their way from whoever made them to their connections. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answers } from './edge-answers.ts';
import type { Arrival } from './edge-arrival.ts';
import type { Connection } from './edge-connection.ts';
import type { EdgeLimits } from './edge-limits.ts';
import { createOutbox, type Outbox } from './edge-outbox.ts';
import type { ReplyWriter } from './edge-reply.ts';
import type { Reply, Request } from './route.ts';
import { canSendWhole, isNext, isUsual, sendWhole } from './whole-answer.ts';

/** An answer that can be sent. */
interface Ready {
  readonly response: ServerResponse;
  readonly connection: Connection;
  readonly reply: Reply;
  /** Undefined where nothing is left of it that could say how its connection goes on. */
  readonly request: Request | undefined;
  /** Whether the connection was to end with this answer when it was ready: a later request has an answer of its own. */
  readonly close: boolean;
}

export interface DeliveryOptions {
  readonly limits: Pick<EdgeLimits, 'lingerMs'>;
  readonly writer: ReplyWriter;
  readonly answers: Pick<Answers, 'sent'>;
  /** The client went away before its answer was ready. */
  readonly onAborted: () => void;
  /** Whether every answer ends its connection. */
  readonly isDraining: () => boolean;
  /** What is sent where a reply cannot be written. */
  readonly explain: (error: unknown, request: Request | undefined) => Reply;
}

export interface Delivery {
  readonly outbox: Pick<Outbox<Ready>, 'plan' | 'flush'>;
  /**
   * Sends an answer. Where the request has a body that was not read to its end, the connection carries no other request.
   * @param request undefined where nothing of it is kept.
   */
  deliver(
    response: ServerResponse,
    connection: Connection,
    reply: Reply,
    request: Request | undefined,
    arrival: Arrival | undefined,
  ): void;
  /** Sends an answer at once and closes a little later: a reset for unread bytes would take it away again. */
  answerAndLinger(message: IncomingMessage, response: ServerResponse, reply: Reply): void;
}

const noop = (): void => undefined;

/** Makes the delivery of one exchange. */
export const createDelivery = (options: DeliveryOptions): Delivery => {
  const { limits, writer, answers, onAborted, isDraining, explain } = options;

  const wholeOf = ({ response, reply, request }: Ready): string | undefined =>
    canSendWhole() && request !== undefined && isUsual(response.req) && isNext(response)
      ? writer.whole(reply)
      : undefined;

  const write = (ready: Ready): void => {
    const { response, connection, reply, request } = ready;
    // Writing to a response whose client has left would emit an error that nobody listens for.
    if (response.destroyed || response.req.socket.destroyed) {
      onAborted();
      return;
    }
    const close = ready.close || isDraining();
    const whole = close ? undefined : wholeOf(ready);
    if (whole !== undefined) {
      sendWhole(response, whole, () => {
        if (connection.last === response) connection.last = undefined;
      });
    } else {
      try {
        writer.write(response, reply, close);
      } catch (error) {
        if (response.headersSent) response.destroy();
        else writer.write(response, explain(error, request), close);
      }
    }
    answers.sent(connection, response, reply);
  };

  const outbox = createOutbox(write);

  const send = (
    response: ServerResponse,
    connection: Connection,
    reply: Reply,
    request: Request | undefined,
  ): void => outbox.put({ response, connection, reply, request, close: connection.closing });

  const answerAndLinger = (message: IncomingMessage, response: ServerResponse, reply: Reply): void => {
    writer.begin(response, reply);
    response.on('error', noop);
    const end = (): void => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(end, limits.lingerMs).unref();
    message.socket.once('end', end);
    message.resume();
  };

  return {
    outbox,
    answerAndLinger,
    deliver: (response, connection, reply, request, arrival) => {
      if (arrival === undefined || arrival.isOver()) {
        send(response, connection, reply, request);
        return;
      }
      arrival.drop();
      connection.closing = true;
      if (reply.pieces !== undefined || response.destroyed || response.req.socket.destroyed) {
        send(response, connection, reply, request);
        return;
      }
      try {
        answerAndLinger(response.req, response, reply);
      } catch (error) {
        if (response.headersSent) response.destroy();
        else answerAndLinger(response.req, response, explain(error, request));
      }
    },
  };
};
