/** What the load is pointed at, one thread in a process of its own: our whole pipeline, or a bare server. */
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createApp } from '../src/app.ts';
import { randomSecretBytes } from '../src/foundation/secret.ts';
import { systemClock } from '../src/foundation/clock.ts';
import { createFailuresBuffer } from '../src/gate/failure-table.ts';
import { createDroppedBuffer } from '../src/request-log/dropped.ts';
import { createFreshnessBuffer, createFreshnessSource } from '../src/gate/freshness.ts';
import { startKeyWatch } from '../src/gate/key-watch.ts';
import { readKeyEpoch } from '../src/gate/store.ts';
import { DEFAULT_EDGE_LIMITS } from '../src/http/edge-limits.ts';
import { tlsOptionsOf, type Certificate } from '../src/http/edge-tls.ts';
import { problemJson } from '../src/http/problem-json.ts';
import { internalError } from '../src/http/edge-problems.ts';
import { createEdge } from '../src/http/server.ts';
import { createWriteMarksBuffer } from '../src/gate/write-marks.ts';
import { createAttemptsBuffer } from '../src/limits/attempts.ts';
import { createLedgerBuffer } from '../src/limits/ledger.ts';
import { createHashThreads } from '../src/passwords/hash-threads.ts';
import { createLog } from '../src/log.ts';
import { createBoardBuffer } from '../src/metering/board.ts';
import type { SecurityReport } from '../src/promises/report.ts';
import { operationsOf, routeTable } from '../src/routes.ts';
import { holdBase } from '../src/services/geocoding/atlas-holder.ts';
import { createAnswer } from '../src/services/geocoding/answer.ts';
import { geocodeRoute } from '../src/services/geocoding/geocode-route.ts';
import { loadGazetteerFile, openGazetteer } from '../src/services/geocoding/gazetteer.ts';
import { createAddressDataHolder, openAddressData } from '../src/services/visitor/addresses/address-data.ts';
import { HEADERS as VISITOR_HEADERS } from '../src/services/visitor/contract-route.ts';
import { readNetworks } from '../src/gate/networks.ts';
import { ensureShippedLayers } from '../gazetteer/visitor/addresses/ensure-address-data.ts';
import type { Connection } from '../src/store/connection.ts';
import { createDatabase } from '../src/store/database.ts';
import { answerBench } from './child.ts';
import { constantRoutes, openTwin } from './constant-routes.ts';
import { spinHandler, type Spin } from './spin.ts';
import type { Handler } from '../src/http/server.ts';

/** Starts a server and answers with its port. */
export type Begin =
  | {
      readonly ask: 'begin';
      readonly server: 'ours';
      /** Plain HTTP where it is left out, for a comparison without TLS; the product never serves so. */
      readonly certificate: Certificate | undefined;
      readonly connection: Connection;
      readonly pepper: Uint8Array;
      readonly gazetteerPath: string;
      /** Where address data are unpacked to, for the visitor service; it knows no address where this is left out. */
      readonly visitor?: { readonly folder: string };
    }
  | {
      readonly ask: 'begin';
      readonly server: 'bare';
      readonly certificate: Certificate | undefined;
      /** Whose header fields it sends; the geocoder's where left out. */
      readonly head?: 'visitor';
    };

/** Sets the length of the bare server's body. */
export interface Resize {
  readonly ask: 'resize';
  readonly bytes: number;
}

/** What the process has used so far. */
export interface AskUsage {
  readonly ask: 'usage';
}

export interface Usage {
  /** User and system time of all threads. */
  readonly cpuMicroseconds: number;
  readonly residentBytes: number;
}

let closeServer: () => Promise<void> = async () => undefined;
let body = '';
let handler: Handler | undefined;

const NO_REPORT: SecurityReport = {
  installation: { name: 'Bench', url: 'https://localhost', version: '0' },
  generatedAt: new Date(0).toISOString(),
  promises: [],
  history: { entries: 0, head: null, publicKey: '' },
};

const beginOurs = async (begin: Extract<Begin, { server: 'ours' }>): Promise<number> => {
  const { certificate, connection, pepper } = begin;
  const clock = systemClock;
  const log = createLog('warn', { write: (line) => void process.stderr.write(line) });
  const publicUrl = 'https://localhost';
  const atlas = holdBase(openGazetteer(await loadGazetteerFile(begin.gazetteerPath)));
  const answer = createAnswer(atlas.current(), publicUrl);
  const routes = [
    ...constantRoutes(),
    openTwin(geocodeRoute({ answer, publicUrl, testKeys: false }, 'json')),
  ];
  const parts = {
    publicUrl,
    version: '0',
    securityContact: 'mailto:a@localhost',
    atlas,
    report: () => NO_REPORT,
    clock,
    features: () => routes,
  };
  const memory = {
    ledger: createLedgerBuffer(),
    board: createBoardBuffer(
      operationsOf(routeTable({ ...parts, features: routes, history: async () => [] }).routes),
    ),
    freshness: createFreshnessBuffer(),
    writeMarks: createWriteMarksBuffer(),
    attempts: createAttemptsBuffer(),
    attemptsKey: randomSecretBytes(32),
    failures: createFailuresBuffer(),
    requestLog: createDroppedBuffer(),
  };
  const hasher = createHashThreads({ count: 1, queueLimit: 1 });
  const addresses =
    begin.visitor === undefined
      ? undefined
      : createAddressDataHolder(
          openAddressData(await ensureShippedLayers(begin.visitor.folder, () => undefined)),
        );
  const trustedProxies = begin.visitor === undefined ? [] : ['127.0.0.1/32'];
  const app = createApp({
    ...parts,
    connection,
    pepper,
    master: randomSecretBytes(32),
    memory,
    hasher,
    log,
    trustedProxies,
    ...(addresses === undefined ? {} : { addresses }),
  });
  handler = app.handler;
  const source = createFreshnessSource(memory.freshness);
  const database = createDatabase({ connection, poolSize: 1 });
  const forget = (id?: string): void => app.applyChange(id, source.announceChange());
  // The main thread's work in the product; here it runs beside the requests, and its cost is counted in.
  const watch = await startKeyWatch({
    changes: {
      listen: (onChange, onState) => database.listen('vouchsafe_keys', onChange, onState),
      epoch: async () => (await database.run(readKeyEpoch, []))[0]?.epoch ?? 0,
    },
    forget: (id) => forget(id === '*' ? undefined : id),
    forgetAll: () => forget(),
    confirm: source.beat,
    log,
  });
  const place = { port: 0, host: '127.0.0.1' };
  if (certificate !== undefined) {
    closeServer = async () => {
      await watch.close();
      await app.close(0);
      await database.close();
    };
    return (await app.listenSecurely(certificate, place)).port;
  }
  const isTrusted = readNetworks(trustedProxies);
  const edge = createEdge({
    ...(isTrusted === undefined ? {} : { isTrusted }),
    handler: app.handler,
    onError: () => problemJson(internalError(), { now: clock.now(), quota: undefined, request: undefined }),
    clock,
  });
  closeServer = async () => {
    await edge.close(0);
    await watch.close();
    await app.close(0);
    await database.close();
  };
  return (await edge.listen(place)).port;
};

/** The head that our answers have, as constants, so that both servers send the same number of bytes. */
const HEAD: readonly string[] = Object.entries({
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'access-control-allow-origin': '*',
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  vary: 'origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-ratelimit-limit': '2000000000',
  'x-ratelimit-remaining': '1999000000',
  'x-ratelimit-reset': '1795392000',
}).flat();

/** The same of answers to a page about its visitor. */
const VISITOR_HEAD: readonly string[] = Object.entries({
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  ...VISITOR_HEADERS,
  vary: 'origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'access-control-allow-origin': 'https://shop.example',
  'access-control-expose-headers':
    'ratelimit, ratelimit-policy, retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset',
}).flat();

const beginBare = (certificate: Certificate | undefined, fields = HEAD): Promise<number> => {
  const answer: RequestListener = (_message, response) => {
    response.writeHead(200, [...fields, 'content-length', String(body.length)]);
    response.end(body);
  };
  const server: Server =
    certificate === undefined
      ? createHttpServer(answer)
      : createHttpsServer(tlsOptionsOf(certificate, DEFAULT_EDGE_LIMITS.handshakeTimeoutMs), answer);
  closeServer = async () => {
    server.close();
    server.closeAllConnections();
  };
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
};

const usage = (): Usage => {
  const { user, system } = process.cpuUsage();
  return { cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() };
};

answerBench(
  (question: Begin | Resize | AskUsage | Spin) => {
    if (question.ask === 'usage') return usage();
    if (question.ask === 'spin') {
      if (handler === undefined) throw new Error('only our own server has a handler to call');
      return spinHandler(handler, question);
    }
    if (question.ask === 'begin') {
      return question.server === 'ours'
        ? beginOurs(question)
        : beginBare(question.certificate, question.head === 'visitor' ? VISITOR_HEAD : HEAD);
    }
    // Text, which Node sends in one piece with the head; bytes would cost the bare server a second write.
    body = 'x'.repeat(question.bytes);
    return undefined;
  },
  () => closeServer(),
);
