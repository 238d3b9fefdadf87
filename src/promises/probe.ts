/** A client for the live listeners: one connection a request, so that every worker is met, and a pinned certificate. */
import { X509Certificate } from 'node:crypto';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { SeenAnswer, TlsVersion } from '../http/promises.ts';

/** How the other side is known to be the right one. */
export type Trust =
  /** The very certificates that are served just now, in PEM: this process need not know the authority above them. */
  | { readonly pinned: () => readonly string[] }
  /** The certificate authorities of the system, or these in PEM. */
  | { readonly authorities: string | undefined };

/** Where to connect, and whom to trust there. */
export interface ProbeOptions {
  /** Where to connect: an address or a name. */
  readonly host: string;
  readonly port: number;
  /** The name in the certificate and in the Host header. */
  readonly hostname: string;
  readonly trust: Trust;
  readonly httpPort: number | null;
  /** Milliseconds for one request. */
  readonly timeoutMs?: number;
}

/** One request without a body. */
export interface ProbeRequest {
  readonly method?: string;
  /** Path with query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address to come from, such as one of 127.0.0.0/8. */
  readonly from?: string;
}

/** The client; every call opens and closes a connection of its own. */
export interface Probe {
  send(request: ProbeRequest): Promise<SeenAnswer>;
  /** Over plain HTTP; undefined where there is no plain port. */
  readonly plain: ((method: string, path: string) => Promise<SeenAnswer>) | undefined;
  offerTls(version: TlsVersion): Promise<'accepted' | 'refused'>;
  /** Writes bytes over TLS as they are, half-closes or, with `abort`, breaks off; resolves with what came back. */
  sendRaw(bytes: string, options?: { readonly abort?: boolean; readonly from?: string }): Promise<string>;
}

/** Larger than our largest page; what is longer is cut. */
const LONGEST_BODY = 4 * 1024 * 1024;

const collect = (message: IncomingMessage): Promise<SeenAnswer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= LONGEST_BODY) chunks.push(chunk);
    });
    message.on('error', reject);
    message.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(message.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      );
      resolve({ status: message.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() });
    });
  });

const isPinned = (socket: TLSSocket, served: readonly string[]): boolean => {
  const found = socket.getPeerX509Certificate()?.fingerprint256;
  return served.some((pem) => new X509Certificate(pem).fingerprint256 === found);
};

/** Node prints both kinds of SECLEVEL-0 refusal as errors before the wire; these codes are ours, not the server's. */
const OUR_OWN_REFUSALS: ReadonlySet<string> = new Set([
  'ERR_SSL_NO_PROTOCOLS_AVAILABLE',
  'ERR_SSL_NO_CIPHERS_AVAILABLE',
]);

const isTlsRefusal = (code: string): boolean =>
  (code.startsWith('ERR_SSL_') && !OUR_OWN_REFUSALS.has(code)) || code === 'ECONNRESET' || code === 'EPROTO';

/** Whether a TCP connection to an address comes about within the time. */
export const connects = (host: string, port: number, timeoutMs = 2000): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp({ host, port });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });

/** Makes the client; nothing connects before the first call. */
export const createProbe = (options: ProbeOptions): Probe => {
  const { host, port, hostname, trust, httpPort, timeoutMs = 10_000 } = options;
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const security = (): ConnectionOptions => ({
    // A certificate for an address has no server name to ask for (RFC 6066 §3).
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...('pinned' in trust
      ? // The authority is not asked, the certificate itself is compared as soon as it is there.
        { rejectUnauthorized: false }
      : { rejectUnauthorized: true, ...(trust.authorities === undefined ? {} : { ca: trust.authorities }) }),
  });

  const refuseStranger = (socket: TLSSocket): void => {
    if ('pinned' in trust && !isPinned(socket, trust.pinned())) {
      socket.destroy(new Error('another certificate than the configured one answered'));
    }
  };

  const exchange = (start: typeof requestHttp, settings: RequestOptions): Promise<SeenAnswer> =>
    new Promise((resolve, reject) => {
      const request = start({ host, agent: false, timeout: timeoutMs, ...settings });
      request.on('timeout', () => request.destroy(new Error('no answer within the time')));
      request.on('error', reject);
      request.on('response', (message) => void collect(message).then(resolve, reject));
      request.on('socket', (socket) => {
        socket.once('secureConnect', () => refuseStranger(socket as TLSSocket));
      });
      request.end();
    });

  const hostHeader = (usedPort: number, usual: number): string =>
    usedPort === usual ? hostname : `${hostname}:${usedPort}`;

  return {
    send: ({ method = 'GET', path, headers = {}, from }) =>
      exchange(requestHttps, {
        port,
        method,
        path,
        headers: { host: hostHeader(port, 443), ...headers },
        ...security(),
        ...(from === undefined ? {} : { localAddress: from }),
      }),
    plain:
      httpPort === null
        ? undefined
        : (method, path) =>
            exchange(requestHttp, {
              port: httpPort,
              method,
              path,
              headers: { host: hostHeader(httpPort, 80) },
            }),
    offerTls: (version) =>
      new Promise((resolve, reject) => {
        const socket = connectTls({
          host,
          port,
          ...security(),
          rejectUnauthorized: false,
          minVersion: version,
          maxVersion: version,
          // OpenSSL 3 offers TLS 1.0 and 1.1 at security level 0 only.
          ...(version === 'TLSv1.3' ? {} : { ciphers: 'DEFAULT@SECLEVEL=0' }),
        });
        socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no handshake within the time')));
        let reached = false;
        socket.once('connect', () => {
          reached = true;
        });
        socket.once('secureConnect', () => {
          socket.destroy();
          resolve('accepted');
        });
        socket.once('error', (error: NodeJS.ErrnoException) => {
          if (reached && isTlsRefusal(error.code ?? '')) resolve('refused');
          else reject(error);
        });
        socket.once('close', () => reject(new Error('the connection ended without a handshake')));
      }),
    sendRaw: (bytes, { abort = false, from } = {}) =>
      new Promise((resolve, reject) => {
        const local = from === undefined ? {} : { localAddress: from };
        const socket = connectTls({ host, port, ...security(), ...(local as ConnectionOptions) });
        let text = '';
        socket.setTimeout(timeoutMs, () => socket.destroy());
        socket.once('secureConnect', () => {
          refuseStranger(socket);
          if (abort) socket.write(bytes, () => socket.destroy());
          else socket.write(bytes);
        });
        socket.on('data', (chunk: Buffer) => {
          if (text.length < LONGEST_BODY) text += chunk.toString('latin1');
        });
        socket.once('error', reject);
        socket.once('close', () => resolve(text));
      }),
  };
};
