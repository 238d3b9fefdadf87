import { createAdmin } from './admin/listener.ts';
import type { SharedMemory } from './app.ts';
import { createAccounts } from './accounts/service.ts';
import { openBackOffice, openHashing } from './back-office.ts';
import { progressPrinter } from './commands/gazetteer-progress.ts';
import type { Config } from './config.ts';
import { recruitCrew } from './crew.ts';
import { featureTable } from './features.ts';
import { systemClock } from './foundation/clock.ts';
import { randomSecretBytes } from './foundation/secret.ts';
import { createAddressStock } from './imports/addresses/address-set.ts';
import { visitorFolder } from './imports/addresses/manifest.ts';
import { watchAddresses } from './imports/addresses/watch.ts';
import { openGazetteerFile, gazetteerPath } from './imports/base-file.ts';
import { createAtlasOpener } from './imports/kinds.ts';
import { gazetteerFolder } from './imports/manifest.ts';
import { createGazetteerStock } from './imports/index-set.ts';
import { openShippedLayer } from './imports/addresses/shipped.ts';
import { settleSoon } from './imports/release.ts';
import { watchGazetteer } from './imports/watch.ts';
import { createFailuresBuffer, readRefusals } from './gate/failure-table.ts';
import { createFreshnessBuffer, createFreshnessSource } from './gate/freshness.ts';
import { startKeyWatch } from './gate/key-watch.ts';
import { readKeyEpoch } from './gate/store.ts';
import { createWriteMarksBuffer } from './gate/write-marks.ts';
import { certificateLookMs, claimPort, openIdentity, openPremises } from './house.ts';
import { createCertificateKeeper } from './http/certificate-keeper.ts';
import { fingerprintOf, PEPPER_ID } from './installation/secrets.ts';
import { oneAfterAnother } from './installation/service.ts';
import { createKeys, type CreatedKey } from './keys/service.ts';
import { createAttemptsBuffer } from './limits/attempts.ts';
import { createLedgerBuffer, openLedger } from './limits/ledger.ts';
import { openExchange, valkeyNamespace } from './limits/shared-engine.ts';
import { readStoreUp } from './limits/quota.ts';
import { sharingGauges, startSharing } from './limits/shared-loop.ts';
import { createLog } from './log.ts';
import { createBoardBuffer, openBoard } from './metering/board.ts';
import { createExposition } from './metering/exposition.ts';
import { createLogTail } from './promises/log-tail.ts';
import { createHistoryReader } from './promises/journal.ts';
import { edgeGauges } from './edge-gauges.ts';
import { refusalGauges } from './metering/refusals.ts';
import { createDroppedBuffer, droppedGauge } from './request-log/dropped.ts';
import { operationsOf, routeTable } from './routes.ts';
import { createAtlasHolder } from './services/geocoding/atlas-holder.ts';
import { preparePromises } from './start-promises.ts';
import { ensureTrial } from './trial.ts';
import { startUpkeep } from './upkeep.ts';
import { VERSION } from './version.ts';
import type { WorkerStart } from './worker-protocol.ts';

/** Where a trial key can be tried. */
export interface TrialPlace {
  readonly publicUrl: string;
  /** The local certificate authority; undefined with an operator's certificate. */
  readonly caPath: string | undefined;
}

export interface ServeOptions {
  readonly config: Config;
  readonly say: (line: string) => void;
  /** Called as soon as the trial key is made, whatever happens afterwards: its secret is not kept anywhere. */
  readonly onTrialKey: (key: CreatedKey, place: TrialPlace) => void;
}

/** A server that answers. */
export interface Server {
  readonly publicUrl: string;
  readonly port: number;
  readonly httpPort: number | null;
  readonly adminPort: number;
  /** The local certificate authority; undefined with an operator's certificate. */
  readonly caPath: string | undefined;
  /** Lets requests under way finish, writes down what was counted, stops the database. */
  close(): Promise<void>;
}

/** Requests under way get this long when the server is told to stop. */
const GRACE_MS = 10_000;

/** Where several threads can share a port (Node's `reusePort`); elsewhere there is one worker. */
const SHARES_PORTS = process.platform === 'linux' || process.platform === 'freebsd';

/** Starts everything that a process serves with, and answers until it is closed. */
export const serve = async ({ config, say, onTrialKey }: ServeOptions): Promise<Server> => {
  const clock = systemClock;
  const tail = createLogTail({ write: (line) => void process.stderr.write(line) });
  const log = createLog(config.logLevel, tail);

  const port = await claimPort('PORT', config.port);
  const httpPort = config.httpPort === null ? null : await claimPort('HTTP_PORT', config.httpPort);
  const adminPort = await claimPort('ADMIN_PORT', config.adminPort, '127.0.0.1');
  const publicUrl = config.port === 0 ? `https://localhost:${port}` : config.publicUrl;

  // What was begun is ended in reverse when something later fails.
  const undo: (() => Promise<void>)[] = [];
  const unwind = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };

  const workers = SHARES_PORTS ? config.workers : 1;
  const recruits = recruitCrew({ count: workers, log, onLine: tail.write });
  undo.push(() => recruits.dismiss());

  try {
    const opening = openPremises({ config, mode: 'serve', clock, log, say });
    undo.push(() => opening.then((premises) => premises.close()).catch(() => undefined));
    const stock = createGazetteerStock({
      folder: gazetteerFolder(config.dataDir),
      log,
      openPackages: () => openGazetteerFile(gazetteerPath(config.dataDir), progressPrinter(say)),
    });
    const visitorData = visitorFolder(config.dataDir);
    const addressStock = createAddressStock({
      folder: visitorData,
      log,
      openShipped: (layer) => openShippedLayer(layer, visitorData, say),
    });
    const [{ database, secrets, store }, identity] = await Promise.all([
      opening,
      openIdentity(config, clock),
      stock.first(),
      addressStock.first(),
    ]);

    const certificates = createCertificateKeeper({
      first: identity.certificate,
      load: async () => (await openIdentity(config, clock)).certificate,
      everyMs: certificateLookMs(config),
      clock,
      log,
    });

    const upkeep = await startUpkeep(database, clock, log);
    undo.push(() => upkeep.close());
    const accounts = createAccounts(database, clock);
    const keys = createKeys({ database, pepper: secrets.pepperKey, pepperId: PEPPER_ID, clock });
    const trialKey = await oneAfterAnother(database, () => ensureTrial(accounts, keys));
    if (trialKey !== undefined) onTrialKey(trialKey, { publicUrl, caPath: identity.caPath });

    const office = await openBackOffice({
      config,
      publicUrl,
      premises: { database, store, secrets },
      clock,
      log,
    });
    undo.push(() => office.close());
    const hashing = openHashing(log);
    undo.push(() => hashing.close());

    const promises = preparePromises({
      config,
      publicUrl,
      port,
      httpPort,
      adminPort: () => adminPort,
      workers,
      certificates: certificates.served,
      store,
      database,
      secrets,
      accounts,
      keys,
      tail,
      outbox: office.outbox,
      addressLayers: addressStock.summaries,
      clock,
      log,
    });

    const { routes } = routeTable({
      publicUrl,
      version: VERSION,
      securityContact: config.securityContact,
      // Only for the names of what is served; nothing of it may be kept, or the memory would never be free again.
      atlas: createAtlasHolder(createAtlasOpener()(stock.current())),
      report: promises.report,
      history: createHistoryReader(database),
      clock,
      features: featureTable(),
    });
    const operations = operationsOf(routes);
    const memory: SharedMemory = {
      ledger: createLedgerBuffer(),
      board: createBoardBuffer(operations),
      freshness: createFreshnessBuffer(),
      writeMarks: createWriteMarksBuffer(),
      attempts: createAttemptsBuffer(),
      attemptsKey: randomSecretBytes(32),
      failures: createFailuresBuffer(),
      requestLog: createDroppedBuffer(),
    };
    const board = openBoard(memory.board, operations);

    const valkey =
      config.valkeyUrl === null
        ? undefined
        : { url: config.valkeyUrl, namespace: valkeyNamespace(fingerprintOf(secrets.pepperKey)) };
    const ledger = openLedger(memory.ledger);
    const sharing = await startSharing({
      ledger,
      exchange: await openExchange(store.app, valkey),
      clock,
      log,
    });
    undo.push(() => sharing.close());

    const startOf = (index: number): WorkerStart => ({
      index,
      publicUrl,
      version: VERSION,
      securityContact: config.securityContact,
      testKeys: config.geocodingTestKeys,
      logLevel: config.logLevel,
      connection: store.app,
      pepper: secrets.pepper,
      valkey,
      master: secrets.master,
      webhookNetworks: config.webhookNetworks,
      trustedProxies: config.trustedProxies,
      certificate: certificates.current(),
      port,
      httpPort,
      reusePort: SHARES_PORTS,
      gazetteer: stock.current(),
      addresses: addressStock.current(),
      memory,
      report: promises.report(),
      hasher: hashing.connect(),
    });
    const crew = await recruits.start(startOf);
    undo.push(() => crew.drain(GRACE_MS));
    // Jobs end while requests do, and are waited for below; process managers wait for ten seconds or so, not for twenty.
    undo.push(async () => void office.close().catch(() => undefined));
    // Before the workers stop, so that no check meets a listener that is going away.
    undo.push(() => promises.close());
    promises.onReport((report) => crew.tell({ kind: 'report', report }));

    certificates.watch((certificate) => crew.tell({ kind: 'certificate', certificate }));
    undo.push(() => certificates.close());

    const source = createFreshnessSource(memory.freshness);
    const passOn = (id: string | undefined): void =>
      crew.tell({ kind: 'change', id, change: source.announceChange() });
    const watch = await startKeyWatch({
      changes: {
        listen: (onChange, onState) => database.listen('vouchsafe_keys', onChange, onState),
        epoch: async () => (await database.run(readKeyEpoch, []))[0]?.epoch ?? 0,
      },
      forget: (id) => passOn(id === '*' ? undefined : id),
      forgetAll: () => passOn(undefined),
      confirm: source.beat,
      log,
    });
    undo.push(() => watch.close());

    const gazetteerWatch = await watchGazetteer({
      dataDir: config.dataDir,
      stock,
      clock,
      log,
      onSwap: (set) => crew.tell({ kind: 'gazetteer', set }),
    });
    undo.push(() => gazetteerWatch.close());
    const addressWatch = await watchAddresses({
      dataDir: config.dataDir,
      stock: addressStock,
      clock,
      log,
      onSwap: (set) => crew.tell({ kind: 'addresses', set }),
    });
    undo.push(() => addressWatch.close());

    let stopping = false;
    const admin = createAdmin({
      isReady: () => !stopping && crew.alive() > 0,
      exposition: createExposition(board.read, () => [
        { name: 'vouchsafe_workers', help: 'Worker threads that answer requests.', value: crew.alive() },
        {
          name: 'vouchsafe_certificate_seconds_left',
          help: 'Seconds until the certificate of the public port expires; renewed files are taken up by themselves.',
          value: certificates.secondsLeft(),
        },
        ...promises.gauges(),
        ...refusalGauges(readRefusals(memory.failures)),
        ...sharingGauges(sharing),
        {
          name: 'vouchsafe_limits_store_up',
          help: '0 after quotas could not be leased when they were last asked for: what is in hand is spent, then 503.',
          value: readStoreUp(ledger),
        },
        droppedGauge(memory.requestLog),
        ...edgeGauges(board.read()),
        ...gazetteerWatch.gauges(),
        ...addressWatch.gauges(),
      ]),
      runChecks: () => promises.runAll(),
      mailbox: office.mailbox,
      clock,
      log,
    });
    await admin.listenOnLoopback(adminPort);
    undo.push(() => admin.close(1000));
    promises.begin();
    settleSoon();

    return {
      publicUrl,
      port,
      httpPort,
      adminPort,
      caPath: identity.caPath,
      close: async () => {
        stopping = true;
        await unwind();
      },
    };
  } catch (error) {
    await unwind();
    throw error;
  }
};
