/** What one worker thread does: an event loop, a small database pool and listeners of its own on the shared ports. */
import { parentPort } from 'node:worker_threads';
import { createApp, type App } from './app.ts';
import { featureRoutes } from './features.ts';
import { systemClock } from './foundation/clock.ts';
import { createLog } from './log.ts';
import { createRemoteHasher } from './passwords/broker.ts';
import type { SecurityReport } from './promises/report.ts';
import { openGazetteer } from './services/geocoding/gazetteer.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

const send = (message: FromWorker): void => {
  parentPort?.postMessage(message);
};

let report: SecurityReport;
let app: App | undefined;

const begin = async (start: WorkerStart): Promise<void> => {
  ({ report } = start);
  app = createApp({
    publicUrl: start.publicUrl,
    version: start.version,
    securityContact: start.securityContact,
    connection: start.connection,
    pepper: start.pepper,
    valkey: start.valkey,
    master: start.master,
    webhookNetworks: start.webhookNetworks,
    features: featureRoutes,
    hasher: createRemoteHasher(start.hasher),
    gazetteer: openGazetteer(start.gazetteer),
    testKeys: start.testKeys,
    memory: start.memory,
    report: () => report,
    clock: systemClock,
    // Lines go through the main thread, which is the only writer of the process's output.
    log: createLog(start.logLevel, { write: (line) => send({ kind: 'log', line }) }),
  });
  const { reusePort } = start;
  await app.listenSecurely(start.certificate, { port: start.port, reusePort });
  if (start.httpPort !== null) await app.listenPlainly({ port: start.httpPort, reusePort });
  send({ kind: 'ready' });
};

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
    case 'drain':
      void drain(message.graceMs);
      break;
  }
});
