/** Reads bodies to their end, bounded one by one and altogether. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Opaque } from '../foundation/opaque.ts';
import type { Problem } from '../foundation/problem.ts';
import { createBodyBuffer } from './body-buffer.ts';
import type { Connection } from './edge-connection.ts';
import type { EdgeLimits } from './edge-limits.ts';
import { bodyTooLarge, tooManyBodies } from './edge-problems.ts';
import { NO_BODY } from './edge-request.ts';
import { createHolds } from './holds.ts';
import type { Request } from './route.ts';

type ReadBody = (message: IncomingMessage, response: ServerResponse, connection: Connection) => void;

/** A body that is arriving. */
interface Upload {
  readonly giveUp: (problem: Problem) => void;
}

/**
 * A reader for all bodies of one thread. What comes with GET or HEAD means nothing and is not kept. When all bodies
 * together are too large, the one that began first is refused: who sends at a good pace is done by then.
 */
export const createBodies = (
  limits: Pick<EdgeLimits, 'maxBodyBytes' | 'maxHeldBytes'>,
  refuse: (
    message: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    problem: Problem,
  ) => void,
  serve: (
    message: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    body: Request['body'],
  ) => void,
): ReadBody => {
  const held = createHolds<Upload>(limits.maxHeldBytes, ({ giveUp }) => giveUp(tooManyBodies()));
  return (message, response, connection) => {
    const isKept = message.method !== 'GET' && message.method !== 'HEAD';
    const body = createBodyBuffer();
    let length = 0;
    let isGivenUp = false;
    const upload: Upload = {
      giveUp: (problem) => {
        isGivenUp = true;
        message.removeAllListeners('data');
        message.removeAllListeners('end');
        refuse(message, response, connection, problem);
      },
    };
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limits.maxBodyBytes) {
        upload.giveUp(bodyTooLarge());
      } else if (isKept) {
        held.add(upload, chunk.length);
        if (!isGivenUp) body.add(chunk);
      }
    });
    message.on('end', () => {
      held.release(upload);
      serve(message, response, connection, isKept ? new Opaque(body.take()) : NO_BODY);
    });
    // Where the upload was broken off.
    message.once('close', () => held.release(upload));
  };
};
