/** The edge: listeners around one handler, with limits on size and time, that answer everything and outlive it. */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { DEFAULT_EDGE_LIMITS, type EdgeLimits } from './edge-limits.ts';
import { createReplyWriter, mayPinHost } from './edge-reply.ts';
import { tlsOptionsOf, type Certificate } from './edge-tls.ts';
import { createExchange, type ExchangeOptions } from './exchange.ts';

export type { Handler } from './exchange.ts';

export interface EdgeOptions extends ExchangeOptions {
  /** Left out for plain HTTP. */
  readonly certificate?: Certificate;
  /** The host name of the public URL; decides on HSTS (see `mayPinHost`). */
  readonly publicHost?: string;
  readonly limits?: Partial<EdgeLimits>;
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

/** Builds the edge; nothing listens until `listen`. */
export const createEdge = (options: EdgeOptions): Edge => {
  const limits: EdgeLimits = { ...DEFAULT_EDGE_LIMITS, ...options.limits };
  const secure = options.certificate !== undefined;
  const writer = createReplyWriter(secure && mayPinHost(options.publicHost ?? ''));
  const exchange = createExchange(options, limits, writer, secure);
  /** Below TLS, so that handshakes that never end can be ended. */
  const transports = new Set<Socket>();
  const servers: Server[] = [];
  let certificate = options.certificate;

  const onTransport = (socket: Socket): void => {
    transports.add(socket);
    socket.once('close', () => transports.delete(socket));
  };

  const createServer = (): Server => {
    const settings = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      // Ours, with an answer that says why, instead of an empty 400.
      requireHostHeader: false,
      insecureHTTPParser: false,
      optimizeEmptyRequests: true,
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
    server.maxRequestsPerSocket = limits.maxRequestsPerConnection;
    server.maxConnections = limits.maxConnections;
    server.timeout = limits.idleTimeoutMs;
    server.on('checkContinue', exchange.onContinue);
    server.on('checkExpectation', exchange.onExpectation);
    server.on('connect', exchange.onConnect);
    server.on('clientError', exchange.onClientError);
    server.on(secure ? 'secureConnection' : 'connection', exchange.onConnection);
    if (secure) server.on('connection', onTransport);
    servers.push(server);
    return server;
  };

  const listen = (place: ListenOptions): Promise<{ readonly port: number }> =>
    new Promise((resolve, reject) => {
      const server = createServer();
      const fail = (error: Error): void => {
        servers.splice(servers.indexOf(server), 1);
        reject(error);
      };
      server.once('error', fail);
      server.listen({ backlog: 1_024, ...place }, () => {
        server.off('error', fail);
        // Running out of file descriptors is told here; new connections wait, and the open ones go on.
        server.on('error', () => undefined);
        resolve({ port: (server.address() as AddressInfo).port });
      });
    });

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
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    await exchange.drain(graceMs);
    for (const server of servers) server.closeAllConnections();
    for (const socket of transports) socket.destroy();
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
