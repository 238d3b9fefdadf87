/** Where the calls of a traced server could carry bytes to beyond its own machinery: connections, and ways around a trace. */
import { isIPv4 } from 'node:net';
import { outerAddresses } from '../../src/promises/catalogue.ts';
import { socketDirectoryOf } from '../../src/store/embedded/socket-directory.ts';
import type { RunningServer } from './server.ts';
import type { Call } from './trace-calls.ts';

/** Of the C library: it asks here, in vain where there is none, before it looks a name up itself. */
const NAME_CACHE = /^(?:\/var)?\/run\/nscd\/socket$/;

/** Bytes that these move are not in the trace. */
const UNSEEN: ReadonlySet<string> = new Set([
  'sendfile',
  'splice',
  'tee',
  'vmsplice',
  'copy_file_range',
  'process_vm_writev',
]);

/** Descriptors other than sockets, the sockets of this machine alone, and TCP, which is looked at by itself. */
const HARMLESS = /^(?:$|\/|pipe:|anon_inode:|UNIX|NETLINK|TCP)/;

/**
 * Whether a call hands over work that a trace does not show. One ring of io_uring is another matter: in it libuv gathers calls
 * of `epoll_ctl`, waits for as many as it has handed over, and writes nothing. Its ring for files, which is off unless
 * `UV_USE_IO_URING` is set, is never waited for like this.
 */
export const isUntraced = ({ name, bytes }: Call): boolean =>
  UNSEEN.has(name) ||
  (name.startsWith('io_') && !/^, (\d+), \1, IORING_ENTER_GETEVENTS, NULL/.test(bytes.toString('latin1')));

/** `[::ffff:127.0.0.1]:80` as host and port. */
const endOf = (text: string): { readonly host: string; readonly port: number } => {
  const [, host = '', port = ''] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(text) ?? [];
  return { host: host.replace(/^::ffff:/, ''), port: Number(port) };
};

/** Where a `connect` leads: a path, or a host and a port. */
const destinationOf = (text: string): string | { readonly host: string; readonly port: number } => {
  const path = /sun_path=@?"([^"]*)"/.exec(text)?.[1];
  if (path !== undefined) return path;
  const host = /(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]*)"/.exec(text)?.[1] ?? '';
  return endOf(`[${host}]:${/htons\((\d+)\)/.exec(text)?.[1] ?? ''}`);
};

/**
 * Tells the calls that open a connection to, or send to, anything but the database's socket, the ports of this server itself, and
 * clients on this machine that have connected to these.
 */
export const leadsElsewhere = (server: RunningServer): ((call: Call) => boolean) => {
  const own = new Set([server.port, server.httpPort, server.adminPort]);
  const outer = new Set(outerAddresses());
  const databaseFolder = socketDirectoryOf(server.home.dataDir);
  const isHere = (host: string): boolean =>
    host === '::1' || (isIPv4(host) && host.startsWith('127.')) || outer.has(host);
  return ({ name, target, bytes }) => {
    if (name === 'connect') {
      const to = destinationOf(bytes.toString('latin1'));
      if (typeof to === 'string') return !to.startsWith(`${databaseFolder}/`) && !NAME_CACHE.test(to);
      return !own.has(to.port) || !isHere(to.host);
    }
    // Without the other end it is one that a `connect` has just begun.
    const [, local = '', remote] = /^TCP(?:v6)?:\[(.*?)->(.*)\]$/.exec(target) ?? [];
    if (remote === undefined) return !HARMLESS.test(target);
    return !isHere(endOf(remote).host) || !(own.has(endOf(local).port) || own.has(endOf(remote).port));
  };
};
