/** What one worker thread does: an event loop, a small database pool and listeners of its own on the shared ports. */
import { parentPort, workerData } from 'node:worker_threads';
import { createApp } from './app.ts';
import { systemClock } from './foundation/clock.ts';
import { createLog } from './log.ts';
import { openGazetteer } from './services/geocoding/gazetteer.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

const start = workerData as WorkerStart;

const send = (message: FromWorker): void => {
  parentPort?.postMessage(message);
};

// Lines go through the main thread, which is the only writer of the process's output.
const log = createLog(start.logLevel, { write: (line) => send({ kind: 'log', line }) });

let { report } = start;
const app = createApp({
  publicUrl: start.publicUrl,
  version: start.version,
  securityContact: start.securityContact,
  connection: start.connection,
  pepper: start.pepper,
  gazetteer: openGazetteer(start.gazetteer),
  memory: start.memory,
  report: () => report,
  clock: systemClock,
  log,
});

const drain = async (graceMs: number): Promise<void> => {
  await app.close(graceMs);
  send({ kind: 'drained' });
  parentPort?.close();
};

parentPort?.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'change':
      app.applyChange(message.id, message.change);
      break;
    case 'report':
      ({ report } = message);
      break;
    case 'drain':
      void drain(message.graceMs);
      break;
  }
});

const { reusePort } = start;
await app.listenSecurely(start.certificate, { port: start.port, reusePort });
if (start.httpPort !== null) await app.listenPlainly({ port: start.httpPort, reusePort });
send({ kind: 'ready' });
