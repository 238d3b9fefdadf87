/** TLS as this server speaks it. */
import { constants } from 'node:crypto';
import type { TlsOptions as NodeTlsOptions } from 'node:tls';

export interface Certificate {
  /** PEM, the leaf first, then what leads to its root. */
  readonly cert: string;
  readonly key: string;
}

/** RFC 9325 §4.2: forward secrecy and authenticated encryption only. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Options for `https.createServer` and `setSecureContext`; TLS 1.2 and 1.3, no renegotiation. */
export const tlsOptionsOf = (certificate: Certificate, handshakeTimeoutMs: number): NodeTlsOptions => ({
  cert: certificate.cert,
  key: certificate.key,
  minVersion: 'TLSv1.2',
  ciphers: CIPHERS,
  ALPNProtocols: ['http/1.1'],
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  handshakeTimeout: handshakeTimeoutMs,
});
