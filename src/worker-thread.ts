/** What one worker thread does: an event loop, a small database pool and listeners of its own on the shared ports. */
import { parentPort } from 'node:worker_threads';
import { createApp, type App } from './app.ts';
import { featureRoutes } from './features.ts';
import { systemClock } from './foundation/clock.ts';
import type { Log } from './foundation/log.ts';
import { openAddressSet, type AddressSet } from './imports/addresses/address-set.ts';
import { createAtlasOpener } from './imports/kinds.ts';
import { collectSoon, settleSoon } from './imports/release.ts';
import type { GazetteerSet } from './imports/index-set.ts';
import { createSwap } from './imports/swap.ts';
import { createLog } from './log.ts';
import { createRemoteHasher } from './passwords/broker.ts';
import type { SecurityReport } from './promises/report.ts';
import { createAtlasHolder, type AtlasHolder } from './services/geocoding/atlas-holder.ts';
import {
  createAddressDataHolder,
  type AddressDataHolder,
} from './services/visitor/addresses/address-data.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

const send = (message: FromWorker): void => {
  parentPort?.postMessage(message);
};

let report: SecurityReport;
let set: GazetteerSet;
let index = 0;
let atlas: AtlasHolder | undefined;
let addresses: AddressDataHolder | undefined;
let log: Log | undefined;
let openAtlas: ReturnType<typeof createAtlasOpener>;
let app: App | undefined;

const begin = async (start: WorkerStart): Promise<void> => {
  ({ report, index, gazetteer: set } = start);
  // Lines go through the main thread, which is the only writer of the process's output.
  log = createLog(start.logLevel, { write: (line) => send({ kind: 'log', line }) });
  openAtlas = createAtlasOpener(index + 1);
  atlas = createAtlasHolder(openAtlas(set));
  addresses = createAddressDataHolder(openAddressSet(start.addresses));
  app = createApp({
    publicUrl: start.publicUrl,
    version: start.version,
    securityContact: start.securityContact,
    connection: start.connection,
    pepper: start.pepper,
    valkey: start.valkey,
    master: start.master,
    webhookNetworks: start.webhookNetworks,
    trustedProxies: start.trustedProxies,
    features: featureRoutes,
    hasher: createRemoteHasher(start.hasher),
    atlas,
    addresses,
    importedData: () => set.extracts.map(({ about }) => about),
    testKeys: start.testKeys,
    memory: start.memory,
    report: () => report,
    clock: systemClock,
    log,
  });
  const { reusePort } = start;
  await app.listenSecurely(start.certificate, { port: start.port, reusePort });
  if (start.httpPort !== null) await app.listenPlainly({ port: start.httpPort, reusePort });
  send({ kind: 'ready' });
  settleSoon(index + 1);
};

const takeGazetteer = createSwap<GazetteerSet>({
  take: (next) => {
    atlas?.swap(openAtlas(next));
    set = next;
    collectSoon(index + 1);
  },
  onFailure: (error) =>
    log?.error('new gazetteer data could not be opened; the old goes on answering', { error }),
});

const takeAddresses = createSwap<AddressSet>({
  take: (next) => {
    addresses?.swap(openAddressSet(next));
    collectSoon(index + 1);
  },
  onFailure: (error) =>
    log?.error('new address data could not be opened; the old goes on answering', { error }),
});

const drain = async (graceMs: number): Promise<void> => {
  await app?.close(graceMs);
  // With nothing left to wait for the thread ends, which is how the main thread knows.
  parentPort?.close();
};

parentPort?.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'start':
      // A worker that cannot begin ends with the error, which the main thread hears.
      void begin(message.start);
      break;
    case 'change':
      app?.applyChange(message.id, message.change);
      break;
    case 'report':
      ({ report } = message);
      break;
    case 'gazetteer':
      takeGazetteer(message.set);
      break;
    case 'addresses':
      takeAddresses(message.set);
      break;
    case 'certificate':
      app?.setCertificate(message.certificate);
      break;
    case 'drain':
      void drain(message.graceMs);
      break;
  }
});
