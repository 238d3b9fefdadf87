/** The database that Vouchsafe brings along is reached through its socket alone: no port of any process of it listens. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { testCluster, testDatabase } from './support/database.ts';

const LISTEN = '0A';

/** Inodes and ports of sockets that listen on TCP (proc(5), /proc/net/tcp). */
const listeningSockets = (): ReadonlyMap<string, number> =>
  new Map(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => {
      let text = '';
      try {
        text = readFileSync(path, 'utf8');
      } catch {
        // A machine without IPv6 has no such file.
      }
      return text
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === LISTEN)
        .map((fields): [string, number] => [
          fields[9] ?? '',
          Number.parseInt(fields[1]?.split(':')[1] ?? '', 16),
        ]);
    }),
  );

/** Ports on which a process listens. */
const portsOf = (pid: number): readonly number[] => {
  const listening = listeningSockets();
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    let target = '';
    try {
      target = readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      // Closed between the two calls.
    }
    const port = listening.get(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '');
    return port === undefined ? [] : [port];
  });
};

const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

test('no process of the database listens on a port', async () => {
  const cluster = await testCluster();
  const { database } = await testDatabase();
  // A session, so that there is a process for it as well.
  await database.system(async () => undefined);
  const pid = cluster.pid();
  assert.ok(pid !== undefined);
  const processes = [pid, ...childrenOf(pid)];
  assert.ok(processes.length > 3, `${processes.length} processes`);
  for (const one of processes) assert.deepEqual(portsOf(one), [], String(one));
});

test('a port that listens is found by the same look', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    assert.ok(portsOf(process.pid).includes(port));
    assert.equal(await answers('127.0.0.1', port), true);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
