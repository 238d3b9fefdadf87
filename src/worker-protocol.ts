import type { MessagePort } from 'node:worker_threads';
import type { LogLevel } from './config.ts';
import type { SharedMemory } from './app.ts';
import type { AddressSet } from './imports/addresses/address-set.ts';
import type { GazetteerSet } from './imports/index-set.ts';
import type { Certificate } from './http/edge-tls.ts';
import type { ValkeyPlace } from './limits/shared-engine.ts';
import type { SecurityReport } from './promises/report.ts';
import type { Connection } from './store/connection.ts';

/** What a worker thread is started with; plain data and shared memory only. */
export interface WorkerStart {
  readonly index: number;
  readonly publicUrl: string;
  readonly version: string;
  readonly securityContact: string;
  readonly logLevel: LogLevel;
  readonly connection: Connection;
  readonly pepper: Uint8Array;
  /** Where limits are shared; undefined where PostgreSQL is. */
  readonly valkey: ValkeyPlace | undefined;
  readonly master: Uint8Array;
  /** Networks besides public ones that webhooks may lead to. */
  readonly webhookNetworks: readonly string[];
  /** Networks of proxies that say whose requests they pass on. */
  readonly trustedProxies: readonly string[];
  readonly certificate: Certificate;
  readonly port: number;
  /** `null` where plain HTTP is off. */
  readonly httpPort: number | null;
  readonly reusePort: boolean;
  readonly gazetteer: GazetteerSet;
  /** What is known of addresses, for the visitor service. */
  readonly addresses: AddressSet;
  /** Whether the geocoding contract's published test keys are answered. */
  readonly testKeys: boolean;
  readonly memory: SharedMemory;
  readonly report: SecurityReport;
  /** The line to the threads that hash; handed over with the start. */
  readonly hasher: MessagePort;
}

/** From the main thread to a worker. */
export type ToWorker =
  | { readonly kind: 'start'; readonly start: WorkerStart }
  | { readonly kind: 'change'; readonly id: string | undefined; readonly change: number }
  | { readonly kind: 'report'; readonly report: SecurityReport }
  /** From now on this answers; all of it is checked. */
  | { readonly kind: 'gazetteer'; readonly set: GazetteerSet }
  /** As `gazetteer`, of what is known of addresses. */
  | { readonly kind: 'addresses'; readonly set: AddressSet }
  /** New connections are served with it from now on. */
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'drain'; readonly graceMs: number };

/** From a worker to the main thread. */
export type FromWorker = { readonly kind: 'ready' } | { readonly kind: 'log'; readonly line: string };
