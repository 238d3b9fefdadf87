/** What happens on open connections: requests are taken, refused or served, and garbage is answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../foundation/clock.ts';
import { Opaque } from '../foundation/opaque.ts';
import type { Problem } from '../foundation/problem.ts';
import { guessPath, problemOfClientError, type ClientError } from './client-error.ts';
import { createAnswers } from './edge-answers.ts';
import { createBodies } from './edge-body.ts';
import { closeIdlest, openConnection, type Connection } from './edge-connection.ts';
import type { EdgeLimits } from './edge-limits.ts';
import type { Arrival } from './edge-arrival.ts';
import {
  bodyTooLarge,
  expectationFailed,
  internalError,
  malformedRequest,
  tooManyPipelined,
} from './edge-problems.ts';
import { createDelivery } from './edge-delivery.ts';
import type { ReplyWriter } from './edge-reply.ts';
import { buildRequest, findFault, hasBody, lengthOf, NO_BODY, pathOf, rawHeader } from './edge-request.ts';
import { forwardedAddress, type IsTrusted } from './forwarded.ts';
import { problemJson } from './problem-json.ts';
import { createRefusals, type RefusalPace } from './refusals.ts';
import type { ErrorForm, Reply, Request } from './route.ts';
import type { Suspects } from './suspects.ts';

export type Handler = (request: Request) => Reply | Promise<Reply>;

/** Things that happen without a route; for counters. */
export interface EdgeHooks {
  /** The client went away before its answer was ready. */
  onAborted?(): void;
  /** The edge answered by itself; `code` is a Problem's. */
  onRefused?(code: string): void;
  /** A connection was closed without an answer: there were too many, or its client did not take what it asked for. */
  onCut?(): void;
}

/** What the edge's owner decides about its answers. */
export interface ExchangeOptions {
  readonly handler: Handler;
  /** Turns whatever the handler threw into an opaque reply, and tells the operator. */
  readonly onError: (error: unknown, request: Request) => Reply;
  /** The error form of a path (`Router.errorsFor`); problem+json where it is left out. */
  readonly errorsFor?: (path: string) => ErrorForm;
  /** How long a body may be at this place where it may be longer than others (`Router.bodyOf`); nowhere where left out. */
  readonly bodyOf?: (method: string, path: string) => number | undefined;
  readonly clock: Clock;
  readonly hooks?: EdgeHooks;
  /** Proxies of the operator's own, which say whose requests they pass on; none where left out. */
  readonly isTrusted?: IsTrusted;
  /** At which strangers are refused. */
  readonly refusalPace?: Partial<RefusalPace>;
}

/** The listeners of one `node:http` server, and the end of what they hold open. */
export interface Exchange {
  readonly onConnection: (socket: Socket) => void;
  readonly onRequest: (message: IncomingMessage, response: ServerResponse) => void;
  readonly onContinue: (message: IncomingMessage, response: ServerResponse) => void;
  readonly onExpectation: (message: IncomingMessage, response: ServerResponse) => void;
  readonly onConnect: (message: IncomingMessage, socket: Duplex) => void;
  readonly onClientError: (error: ClientError, socket: Duplex) => void;
  /** Whether many strangers are refused at the moment. */
  readonly isPressed: () => boolean;
  /** Closes idle connections, of those that are meant; how many. */
  readonly makeRoom: (isMeant: (connection: Connection) => boolean) => number;
  /**
   * From now on every answer closes its connection; connections that never brought a request end at once.
   * Resolves when none is left, or after `graceMs`, when the rest has been destroyed.
   */
  readonly drain: (graceMs: number) => Promise<void>;
}

const noop = (): void => undefined;

/** Who asks: the peer, or whoever a trusted proxy says it asks for. */
const callerOf = (
  { address, isProxy }: Connection,
  { rawHeaders }: IncomingMessage,
  isTrusted: IsTrusted | undefined,
): Opaque<string> =>
  isProxy && isTrusted !== undefined
    ? new Opaque(forwardedAddress(rawHeaders, address.expose(), isTrusted))
    : address;

/**
 * @param secure whether these connections are TLS.
 * @param suspects hears who is refused, and who is known.
 */
export const createExchange = (
  options: ExchangeOptions,
  limits: EdgeLimits,
  writer: ReplyWriter,
  secure: boolean,
  suspects: Pick<Suspects, 'note' | 'clear'>,
): Exchange => {
  const { handler, onError, clock, hooks = {}, errorsFor = () => problemJson, isTrusted, bodyOf } = options;
  const connections = new Map<Socket, Connection>();
  const answers = createAnswers(limits, () => hooks.onCut?.());
  const refusals = createRefusals(clock, options.refusalPace);
  let draining = false;
  let onEmpty = noop;

  const render = (problem: Problem, path: string, message?: IncomingMessage): Reply => {
    hooks.onRefused?.(problem.code);
    const context = {
      now: clock.now(),
      quota: undefined,
      request: undefined,
      ...(message !== undefined && {
        exposeHeader: (name: string) => rawHeader(message.rawHeaders, name),
      }),
    };
    try {
      return errorsFor(path)(problem, context);
    } catch {
      return problemJson(problem, context);
    }
  };

  const explain = (error: unknown, request: Request): Reply => {
    try {
      return onError(error, request);
    } catch {
      return problemJson(internalError(), { now: clock.now(), quota: undefined, request: undefined });
    }
  };

  const unexplained = (): Reply =>
    problemJson(internalError(), { now: clock.now(), quota: undefined, request: undefined });

  const { outbox, deliver, answerAndLinger } = createDelivery({
    limits,
    writer,
    answers,
    onAborted: () => hooks.onAborted?.(),
    isDraining: () => draining,
    explain: (error, request) => (request === undefined ? unexplained() : explain(error, request)),
  });

  /** @param beganAt `clock.monotonic()` of when there was all that an answer needs. */
  const refuseStranger = (
    response: ServerResponse,
    connection: Connection,
    reply: Reply,
    beganAt: number,
    arrival: Arrival | undefined,
  ): void => {
    if (reply.restMs !== undefined) {
      if (!connection.isProxy) connection.refused += 1;
      deliver(response, connection, reply, undefined, arrival);
      return;
    }
    arrival?.drop();
    // Its answer is all that is needed of it any more, and a head may have a hundred thousand characters.
    response.req.rawHeaders.length = 0;
    response.req.url = '';
    if (!connection.isProxy) suspects.note(connection.address.expose());
    const isLate = reply.status === 429;
    refusals.hold(connection, {
      beganAt,
      isLate,
      send: () => deliver(response, connection, reply, undefined, arrival),
    });
  };

  const serve = (
    message: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    body = NO_BODY,
    arrival?: Arrival,
  ): void => {
    const request = buildRequest(message, callerOf(connection, message, isTrusted), secure, body, connection);
    if (arrival !== undefined) {
      const { receive, stream } = arrival;
      Object.assign(request, { receive, stream });
    }
    let reply: Reply | Promise<Reply>;
    try {
      reply = handler(request);
    } catch (error) {
      reply = explain(error, request);
    }
    if (!(reply instanceof Promise)) {
      if (reply.isRefusal === true) refuseStranger(response, connection, reply, clock.monotonic(), arrival);
      else deliver(response, connection, reply, request, arrival);
      return;
    }
    const beganAt = clock.monotonic();
    connection.waiting += 1;
    void reply
      .catch((error: unknown) => explain(error, request))
      .then((settled) => {
        connection.waiting -= 1;
        if (settled.isRefusal === true) refuseStranger(response, connection, settled, beganAt, arrival);
        else deliver(response, connection, settled, request, arrival);
        if (connection.behind.length > 0) refusals.proceed(connection);
      });
  };

  /** Answers at once, whatever else comes on the connection. */
  const refuse = (
    message: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    problem: Problem,
  ): void => {
    connection.closing = true;
    if (response.destroyed || message.socket.destroyed) return;
    answerAndLinger(message, response, render(problem, pathOf(message), message));
  };

  const bodies = createBodies(limits, clock, refuse, (message, response, connection, body) => {
    connection.reading -= 1;
    serve(message, response, connection, body);
    if (connection.behind.length > 0) refusals.proceed(connection);
  });

  const take = (
    message: IncomingMessage,
    response: ServerResponse,
    fault?: Problem,
  ): Connection | undefined => {
    const connection = connections.get(message.socket);
    if (connection === undefined || connection.closing) return undefined;
    connection.requests += 1;
    connection.usedAt = clock.monotonic();
    const problem = answers.mayCome(connection, response)
      ? (findFault(message, limits) ?? fault)
      : tooManyPipelined();
    if (problem === undefined) {
      // Node would say so, but go on answering whoever does not listen.
      if (connection.requests >= limits.maxRequestsPerConnection) connection.closing = true;
      return connection;
    }
    refuse(message, response, connection, problem);
    return undefined;
  };

  /** @param isAwaited the client waits to be told that its body is wanted. */
  const begin = (
    message: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    isAwaited: boolean,
  ): void => {
    if (!hasBody(message)) {
      serve(message, response, connection);
      return;
    }
    const length = lengthOf(message);
    if (length === undefined || length > limits.maxBodyBytes) {
      const maxBytes = bodyOf?.(message.method ?? '', pathOf(message));
      if (length !== undefined && length > (maxBytes ?? limits.maxBodyBytes)) {
        refuse(message, response, connection, bodyTooLarge());
        return;
      }
      if (maxBytes !== undefined) {
        const arrival = bodies.open(message, response, connection, { maxBytes, isAwaited });
        serve(message, response, connection, arrival.body, arrival);
        return;
      }
    }
    if (isAwaited) response.writeContinue();
    connection.reading += 1;
    bodies.read(message, response, connection);
  };

  const onRequest = (message: IncomingMessage, response: ServerResponse): void => {
    outbox.plan();
    const connection = take(message, response);
    if (connection === undefined) return;
    if (refusals.mustWait(connection))
      connection.behind.push(() => begin(message, response, connection, false));
    else begin(message, response, connection, false);
  };

  /** Writes to the bare socket, where there is no request to answer. */
  const answerSocket = (socket: Duplex, reply: Reply): void => {
    socket.on('error', noop);
    socket.end(writer.serialise(reply, clock.now()), 'latin1');
    const timer = setTimeout(() => socket.destroy(), limits.lingerMs).unref();
    socket.once('close', () => clearTimeout(timer));
  };

  const onClientError = (error: ClientError, socket: Duplex): void => {
    outbox.flush();
    const connection = connections.get(socket as Socket);
    // Once answered, more bytes bring more errors until the connection is gone.
    if (connection?.closing === true && !socket.destroyed) return;
    const problem = problemOfClientError(error);
    // With answers still to come, this one would be taken for the answer to an earlier request.
    if (
      problem === undefined ||
      connection === undefined ||
      connection.waiting + connection.held > 0 ||
      !socket.writable
    ) {
      socket.destroy();
      return;
    }
    connection.closing = true;
    answerSocket(socket, render(problem, guessPath(error.rawPacket) ?? '/'));
  };

  const onConnect = (_message: IncomingMessage, socket: Duplex): void => {
    outbox.flush();
    const connection = connections.get(socket as Socket);
    // As above: this answer would be taken for the answer to an earlier request.
    if (connection === undefined || connection.waiting + connection.held > 0) {
      socket.destroy();
      return;
    }
    connection.closing = true;
    socket.resume();
    answerSocket(socket, render(malformedRequest('This server is not a proxy.'), '/'));
  };

  const onConnection = (socket: Socket): void => {
    const connection = openConnection(socket, clock.monotonic(), isTrusted, suspects.clear);
    connections.set(socket, connection);
    // Before Node ends its side as well: who has sent all that it asks gets the answer.
    socket.prependListener('end', outbox.flush);
    socket.once('close', () => {
      connections.delete(socket);
      answers.forget(connection);
      refusals.forget(connection);
      if (connections.size === 0) onEmpty();
    });
  };

  const onContinue = (message: IncomingMessage, response: ServerResponse): void => {
    const connection = take(message, response);
    if (connection === undefined) return;
    const goOn = (): void => begin(message, response, connection, true);
    if (refusals.mustWait(connection)) connection.behind.push(goOn);
    else goOn();
  };

  const onExpectation = (message: IncomingMessage, response: ServerResponse): void => {
    take(message, response, expectationFailed());
  };

  const drain = async (graceMs: number): Promise<void> => {
    draining = true;
    refusals.end();
    outbox.flush();
    for (const [socket, connection] of connections) if (connection.requests === 0) socket.destroy();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
      if (connections.size === 0) onEmpty();
    });
    for (const socket of connections.keys()) socket.destroy();
  };

  const makeRoom: Exchange['makeRoom'] = (isMeant) => {
    outbox.flush();
    return closeIdlest(connections.values(), isMeant);
  };

  const { isPressed } = refusals;
  return {
    isPressed,
    makeRoom,
    onConnection,
    onRequest,
    onContinue,
    onExpectation,
    onConnect,
    onClientError,
    drain,
  };
};
