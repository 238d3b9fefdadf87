/** A server that keeps what it should not, for checks that have to notice. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tlsOptionsOf } from '../../src/http/edge-tls.ts';
import { ensureLocalCertificate } from '../../src/http/local-ca.ts';
import { createProbe, type Probe } from '../../src/promises/probe.ts';

/** Where a leak can leave something. */
export interface Leaky {
  readonly dataDir: string;
  readonly lines: string[];
}

/** What is done with each request that should not be. */
export type Leak = (message: IncomingMessage, place: Leaky) => void;

export interface LeakyServer extends Leaky {
  readonly probe: Probe;
  /** Its lines, as a check reads a log. */
  readonly log: { position(): number; linesSince(position: number): readonly string[] };
}

/** Leaves something in a file that a search has to look for. */
export const leaveInFile = (place: Leaky, content: string | Uint8Array): void =>
  appendFileSync(join(place.dataDir, 'deep', 'inside', 'file'), content);

/** Starts servers that answer every request; `close` ends them and removes what they left. */
export const openLeakyServers = async (
  name: string,
): Promise<{ start(leak: Leak): Promise<LeakyServer>; close(): void }> => {
  const folder = mkdtempSync(join(tmpdir(), name));
  const local = await ensureLocalCertificate(join(folder, 'tls'), { now: Date.parse('2026-11-22') });
  const certificate = {
    cert: readFileSync(local.certPath, 'utf8'),
    key: readFileSync(local.keyPath, 'utf8'),
  };
  const closes: (() => void)[] = [];
  let rooms = 0;
  return {
    start: async (leak) => {
      const dataDir = join(folder, `room-${(rooms += 1)}`);
      mkdirSync(join(dataDir, 'deep', 'inside'), { recursive: true });
      const lines: string[] = [];
      const server = createServer(tlsOptionsOf(certificate, 1000), (message, response) => {
        leak(message, { dataDir, lines });
        response.end('ok');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      closes.push(() => server.close());
      const { port } = server.address() as AddressInfo;
      const trust = { pinned: () => [certificate.cert] };
      return {
        dataDir,
        lines,
        probe: createProbe({ host: '127.0.0.1', port, hostname: 'localhost', trust, httpPort: null }),
        log: { position: () => lines.length, linesSince: (position) => lines.slice(position) },
      };
    },
    close: () => {
      for (const close of closes) close();
      rmSync(folder, { recursive: true });
    },
  };
};
