/** Answers to bytes that `node:http` could not read as a request, or that did not come in time. */
import type { Problem } from '../foundation/problem.ts';
import {
  bodyTooLarge,
  headersTooLarge,
  malformedRequest,
  methodNotAllowed,
  requestTimeout,
} from './edge-problems.ts';

/** What `clientError` carries beside the error. */
export interface ClientError extends Error {
  readonly code?: string;
  /** The packet in which the parser stopped; not always the first one of the request. */
  readonly rawPacket?: Buffer;
}

/** Bytes in which a request line is looked for. */
const LOOKED_AT = 256;
const REQUEST_LINE = /^[!-~]{1,32} (\/[!-~]*)/;

/** The path of the request line in these bytes, to choose an error form by; undefined where there is none. */
export const guessPath = (packet: Buffer | undefined): string | undefined =>
  REQUEST_LINE.exec(packet?.toString('latin1', 0, LOOKED_AT) ?? '')?.[1];

/**
 * What to answer, or undefined where nobody is there to read an answer: a reset connection, a TLS handshake that
 * failed, anything that is not the parser's.
 */
export const problemOfClientError = ({ code = '', rawPacket }: ClientError): Problem | undefined => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge();
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return bodyTooLarge();
    case 'HPE_INVALID_METHOD':
      // Any first word that is no method comes here, also that of bytes which are not HTTP at all.
      return guessPath(rawPacket) === undefined ? malformedRequest() : methodNotAllowed(['GET']);
    case 'HPE_INVALID_URL':
      return malformedRequest(
        'Characters outside ASCII, spaces and control characters in the address must be percent-encoded as UTF-8.',
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return requestTimeout();
    default:
      return code.startsWith('HPE_') ? malformedRequest() : undefined;
  }
};
