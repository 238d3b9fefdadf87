/** A reverse proxy of the simplest kind, which says where each request comes from: as the test says. */
import { createServer, request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface TestProxy {
  readonly port: number;
  /** From where the next requests seem to come; undefined for what the server sees of its own. */
  visitor: string | undefined;
  /** What the next requests wait for before they are passed on. */
  held: Promise<void> | undefined;
  close(): void;
}

/** Stands before the server at this port, which has to trust loopback (`TRUSTED_PROXIES`). */
export const openProxy = async (
  tls: { readonly cert: string; readonly key: string },
  upstream: { readonly port: number; readonly ca: string },
): Promise<TestProxy> => {
  const proxy = createServer(tls, (asked, reply) => {
    const { 'x-forwarded-for': _forged, ...headers } = asked.headers;
    const forwarded = requestHttps(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port: upstream.port,
        ca: upstream.ca,
        method: asked.method,
        path: asked.url,
        headers: {
          ...headers,
          host: `localhost:${upstream.port}`,
          ...(state.visitor === undefined ? {} : { 'x-forwarded-for': state.visitor }),
        },
      },
      (answer) => {
        reply.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(reply);
      },
    );
    forwarded.on('error', () => reply.destroy());
    void Promise.resolve(state.held).then(() => asked.pipe(forwarded));
  });
  await new Promise<void>((listening) => {
    proxy.listen(0, '127.0.0.1', listening);
  });
  const state: TestProxy = {
    port: (proxy.address() as AddressInfo).port,
    visitor: undefined,
    held: undefined,
    close: () => {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
  return state;
};
