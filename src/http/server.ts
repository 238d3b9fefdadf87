/** The edge: listeners around one handler, with limits on size and time, that answer everything and outlive it. */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import { createServer as createFeeder, type AddressInfo, type Server as Feeder, type Socket } from 'node:net';
import { createDoor } from './edge-door.ts';
import { addressOf } from './edge-connection.ts';
import { DEFAULT_EDGE_LIMITS, type EdgeLimits } from './edge-limits.ts';
import { EdgeMessage } from './edge-message.ts';
import { createPorch } from './edge-porch.ts';
import { createReplyWriter, mayPinHost } from './edge-reply.ts';
import { tlsOptionsOf, type Certificate } from './edge-tls.ts';
import { createExchange, type ExchangeOptions } from './exchange.ts';
import type { Overload } from './overload.ts';
import { DEFAULT_REFUSAL_PACE } from './refusals.ts';
import { createSuspects } from './suspects.ts';
import { proveWhole } from './whole-answer.ts';

export type { Handler } from './exchange.ts';

export interface EdgeOptions extends ExchangeOptions {
  /** Left out for plain HTTP. */
  readonly certificate?: Certificate;
  /** The host name of the public URL; decides on HSTS (see `mayPinHost`). */
  readonly publicHost?: string;
  readonly limits?: Partial<EdgeLimits>;
  /** What counts as one source of connections; an address where it is left out. */
  readonly sourceOf?: (address: string) => string;
  /** Whether this thread keeps up; where it does not, nobody opens many connections at once. */
  readonly overload?: Pick<Overload, 'noteConnection' | 'isBehind'>;
}

export interface ListenOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** All addresses where left out. */
  readonly host?: string;
  /** Lets several worker threads listen on one port; the kernel spreads the connections. */
  readonly reusePort?: boolean;
}

export interface Edge {
  /** Starts one more listener; rejects with the system's error (EADDRINUSE, EACCES, …). */
  listen(options: ListenOptions): Promise<{ readonly port: number }>;
  /** Listens on 127.0.0.1, and on ::1 where this machine has it; never on another address. */
  listenOnLoopback(port: number): Promise<{ readonly port: number }>;
  /** Serves new connections with this certificate; open ones keep theirs. Throws where key and certificate differ. */
  setCertificate(certificate: Certificate): void;
  /**
   * Stops accepting, closes idle connections, answers what is under way with `connection: close`, and destroys
   * what is left after `graceMs`. Safe to call twice.
   */
  close(graceMs: number): Promise<void>;
}

/** Connections that may wait to be taken up. */
const BACKLOG = 2_048;

/**
 * Node takes up one new connection of a queue in each turn of its event loop (libuv since 1.45): behind a flood of requests
 * on open connections, which makes turns long, new clients would wait for seconds. Where a port can be shared, it is with
 * several queues of our own.
 */
const QUEUES = 16;

/** Rejects with the system's error. */
const beginListening = (server: Feeder, place: ListenOptions, backlog: number): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...place, backlog }, () => {
      server.off('error', reject);
      // Running out of file descriptors is told here; new connections wait, and the open ones go on.
      server.on('error', () => undefined);
      resolve(server.address() as AddressInfo);
    });
  });

/** Builds the edge; nothing listens until `listen`. */
export const createEdge = (options: EdgeOptions): Edge => {
  const limits: EdgeLimits = { ...DEFAULT_EDGE_LIMITS, ...options.limits };
  const secure = options.certificate !== undefined;
  const { sourceOf = (address: string) => address, overload, hooks, clock, isTrusted } = options;
  const hsts = secure && mayPinHost(options.publicHost ?? '');
  const writer = createReplyWriter({ hsts, clock, keepAliveTimeoutMs: limits.keepAliveTimeoutMs });
  const suspects = createSuspects(sourceOf, clock);
  const exchange = createExchange(options, limits, writer, secure, suspects);
  const door = createDoor({
    limits,
    sourceOf,
    isTrusted,
    clock,
    isBehind: () => overload?.isBehind() === true,
    makeRoom: (source) =>
      exchange.makeRoom(({ address }) => source === undefined || sourceOf(address.expose()) === source),
  });
  const porch = createPorch({
    clock,
    hasToWait: (socket) => secure && exchange.isPressed() && suspects.has(addressOf(socket)),
    onCut: () => hooks?.onCut?.(),
    perSecond: options.refusalPace?.suspectsPerSecond ?? DEFAULT_REFUSAL_PACE.suspectsPerSecond,
  });
  const servers: Server[] = [];
  const feeders: Feeder[] = [];
  let certificate = options.certificate;

  /** Puts the door before whatever the server does with a new connection; below TLS, which costs the most. */
  const guard = (server: Server): void => {
    const [begin] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
    if (begin === undefined) throw new Error('node:http does not listen for connections');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (!door.admits(socket)) {
        hooks?.onCut?.();
        // Without the state that an orderly end would leave behind.
        socket.resetAndDestroy();
        return;
      }
      porch.enter(socket, () => {
        overload?.noteConnection();
        if (!secure) exchange.onConnection(socket);
        begin.call(server, socket);
      });
    });
    if (secure) server.on('secureConnection', exchange.onConnection);
  };

  const createServer = (): Server => {
    const settings = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      // Node knows one time for all bodies; ours (edge-body.ts) depends on what is sent.
      requestTimeout: 0,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      // Ours, with an answer that says why, instead of an empty 400.
      requireHostHeader: false,
      insecureHTTPParser: false,
      optimizeEmptyRequests: true,
      IncomingMessage: EdgeMessage,
    };
    const server =
      certificate === undefined
        ? createHttpServer(settings, exchange.onRequest)
        : createHttpsServer(
            { ...settings, ...tlsOptionsOf(certificate, limits.handshakeTimeoutMs) },
            exchange.onRequest,
          );
    // One more than is allowed is kept, so that too many are seen instead of silently dropped.
    server.maxHeadersCount = limits.maxHeaderCount + 1;
    server.timeout = limits.idleTimeoutMs;
    server.on('checkContinue', exchange.onContinue);
    server.on('checkExpectation', exchange.onExpectation);
    server.on('connect', exchange.onConnect);
    server.on('clientError', exchange.onClientError);
    guard(server);
    servers.push(server);
    return server;
  };

  /** One more queue of new connections for the same server. */
  const feed = async (server: Server, place: ListenOptions): Promise<void> => {
    const feeder = createFeeder({ allowHalfOpen: true, noDelay: true }, (socket) =>
      server.emit('connection', socket),
    );
    feeders.push(feeder);
    await beginListening(feeder, place, BACKLOG / QUEUES);
  };

  const listen = async (place: ListenOptions): Promise<{ readonly port: number }> => {
    await proveWhole();
    const server = createServer();
    const isShared = place.reusePort === true;
    try {
      const { port } = await beginListening(server, place, isShared ? BACKLOG / QUEUES : BACKLOG);
      if (isShared)
        await Promise.all(Array.from({ length: QUEUES - 1 }, () => feed(server, { ...place, port })));
      return { port };
    } catch (error) {
      servers.splice(servers.indexOf(server), 1);
      server.close();
      throw error;
    }
  };

  const listenOnLoopback = async (port: number): Promise<{ readonly port: number }> => {
    const first = await listen({ port, host: '127.0.0.1' });
    try {
      await listen({ port: first.port, host: '::1' });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') throw error;
    }
    return first;
  };

  const drain = async (graceMs: number): Promise<void> => {
    // `close` also ends the connections that are idle between two requests.
    const closed = [...feeders, ...servers].map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    porch.close();
    await exchange.drain(graceMs);
    for (const server of servers) server.closeAllConnections();
    for (const socket of door.open) socket.destroy();
    await Promise.all(closed);
  };

  let drained: Promise<void> | undefined;
  return {
    listen,
    listenOnLoopback,
    setCertificate: (next) => {
      if (certificate === undefined) throw new Error('a listener for plain HTTP has no certificate');
      for (const server of servers) {
        if (server instanceof HttpsServer) {
          server.setSecureContext(tlsOptionsOf(next, limits.handshakeTimeoutMs));
        }
      }
      certificate = next;
    },
    close: (graceMs) => (drained ??= drain(graceMs)),
  };
};
