/** A bare server that gives everybody the constant: what a proxy stands in front of. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerBench } from './child.ts';
import { CONSTANT } from './constant-routes.ts';

/** Starts it; the answer is its port. */
export interface BeginConstant {
  readonly ask: 'begin';
}

const HEAD = { 'content-type': 'application/json', 'content-length': CONSTANT.length };
const server = createServer((_message, response) => response.writeHead(200, HEAD).end(CONSTANT));

answerBench(
  (_question: BeginConstant) =>
    new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    }),
  async () => server.closeAllConnections(),
);
