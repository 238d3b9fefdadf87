/** A file through the whole server, by tus over HTTPS into a dataset, beside COPY of the same bytes into an equal table. */
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { connect } from '../src/store/connection.ts';
import { DATABASE_NAME } from '../src/store/embedded/initialise.ts';
import { readPasswords } from '../src/store/embedded/passwords.ts';
import { SOCKET_PORT, socketDirectoryOf } from '../src/store/embedded/socket-directory.ts';
import {
  askToSignUp,
  confirmSignUp,
  mailedToken,
  openAccountClient,
  type AccountClient,
} from '../test/support/account-client.ts';
import { familyOf } from '../test/support/processes.ts';
import { makeDataDir, startServer, stopServer } from './start.ts';
import { format } from './figures.ts';
import { PROJECT } from './machine.ts';
import type { Section } from './report.ts';

export interface UploadsOptions {
  readonly gazetteerPath: string;
  /** A tenth of the bytes. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const MEBIBYTE = 1024 * 1024;
const WHOLE_BYTES = 1024 * MEBIBYTE;
const QUICK_BYTES = 100 * MEBIBYTE;
const PART_BYTES = 8 * MEBIBYTE;
const WANTED = 0.5;
const MOST_MB = 300;
/** To add up what processes have costs them and us some twenty milliseconds; what is at most there stays for many seconds. */
const SAMPLE_MS = 1000;
const PATIENCE_MS = 200;
const SETTLE_MS = 20_000;
const EMAIL = 'bench@example.com';

const HEADER = 'id,name,price,made,is_open,note\n';
const TYPES = 'id int4, name text, price numeric, made timestamptz, is_open bool, note text';

/** Row `index`, of about a hundred bytes: numbers, a decimal, a time, a truth value, and a text in quotes now and then. */
const rowOf = (index: number): string => {
  const made = new Date(1_577_836_800_000 + index * 7000).toISOString().slice(0, 19).replace('T', ' ');
  const note =
    index % 10 === 0
      ? `"well ${index}, ""north"" of the old field"`
      : `drilled at ${(index * 7919) % 100_003} in the north of the field`;
  return `${index},Probe ${(index * 2_654_435_761) % 4_294_967_296},${index % 100_000}.${10 + (index % 90)},${made}+00,${index % 2 === 0 ? 't' : 'f'},${note}\n`;
};

/** The same pieces each time, of about a megabyte each. */
const csvOf = function* (bytes: number): Generator<Buffer> {
  let text = HEADER;
  let made = 0;
  for (let index = 1; made < bytes; index += 1) {
    text += rowOf(index);
    if (text.length < MEBIBYTE) continue;
    const piece = Buffer.from(text);
    made += piece.length;
    text = '';
    yield piece;
  }
};

/** Writes the file before anything is timed, for to make it takes as long as to send it. Gives its bytes. */
const writeCsv = (path: string, bytes: number): number => {
  const file = openSync(path, 'wx');
  let length = 0;
  for (const piece of csvOf(bytes)) length += writeSync(file, piece);
  closeSync(file);
  return length;
};

/** The file from its first to its last byte; each piece has memory of its own, for it may still be on its way. */
const piecesOf = function* (path: string, pieceBytes: number): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const piece = Buffer.allocUnsafeSlow(pieceBytes);
      const read = readSync(file, piece);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
};

/** Proportional memory of processes in MB: what they share is counted once. */
export const memoryOf = (pids: readonly number[]): number => {
  let kilobytes = 0;
  for (const pid of pids) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kilobytes / 1024;
};

/** Seconds of processor time of processes, and of the children of theirs that have ended: PostgreSQL ends one a connection. */
const cpuOf = (pids: readonly number[]): number => {
  let ticks = 0;
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // Behind the name: user and system time of its own, and of its children (proc(5), fields 14 to 17).
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      for (const field of fields.slice(11, 15)) ticks += Number(field);
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks / 100;
};

/** The whole server, as far as it has to be known. */
export interface Running {
  readonly pid: number;
  readonly url: string;
  readonly port: number;
  readonly ca: string;
  readonly dataDir: string;
  /** Asks the administrative listener, where the mailbox is. */
  ask(path: string): Promise<{ readonly status: number; readonly headers: object; readonly body: string }>;
}

const copyByHand = async ({ dataDir }: Running, csv: string): Promise<number> => {
  const client = await connect(
    {
      host: socketDirectoryOf(dataDir),
      port: SOCKET_PORT,
      user: 'vouchsafe_superuser',
      password: readPasswords(dataDir)?.vouchsafe_superuser,
      database: DATABASE_NAME,
      role: undefined,
      tls: false,
    },
    { name: 'bench' },
  );
  try {
    await client.query(`create table public.by_hand (${TYPES})`);
    const start = performance.now();
    const stream = client.query(copyFrom('copy public.by_hand from stdin (format csv, header)'));
    const ended = new Promise<void>(
      (resolve, reject) => void stream.once('finish', resolve).on('error', reject),
    );
    ended.catch(() => undefined);
    for (const piece of piecesOf(csv, MEBIBYTE)) {
      const written = new Promise<void>((resolve, reject) => {
        stream.write(piece, (error) => (error ? reject(error) : resolve()));
      });
      // A write that PostgreSQL answers with an error is never called back.
      await Promise.race([written, ended]);
    }
    stream.end();
    await ended;
    const seconds = (performance.now() - start) / 1000;
    await client.query('drop table public.by_hand');
    return seconds;
  } finally {
    await client.end();
  }
};

interface Sender {
  readonly server: Running;
  readonly headers: Readonly<Record<string, string>>;
}

const patch = ({ server, headers }: Sender, path: string, offset: number, part: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = requestHttps(
      {
        host: '127.0.0.1',
        port: server.port,
        ca: server.ca,
        servername: 'localhost',
        method: 'PATCH',
        path,
        headers: {
          ...headers,
          'upload-offset': String(offset),
          'content-type': 'application/offset+octet-stream',
          'content-length': String(part.length),
        },
      },
      (message) => {
        message.resume();
        message.on('end', () =>
          message.statusCode === 204
            ? resolve()
            : reject(new Error(`a part was answered ${message.statusCode}`)),
        );
      },
    );
    sent.on('error', reject);
    sent.end(part);
  });

const begin = ({ server, headers }: Sender, base: string, length: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const name = Buffer.from('wells.csv').toString('base64');
    const sent = requestHttps(
      {
        host: '127.0.0.1',
        port: server.port,
        ca: server.ca,
        servername: 'localhost',
        method: 'POST',
        path: base,
        headers: { ...headers, 'upload-length': String(length), 'upload-metadata': `filename ${name}` },
      },
      (message) => {
        message.resume();
        const { location } = message.headers;
        if (location === undefined) reject(new Error(`an upload was answered ${message.statusCode}`));
        else resolve(location);
      },
    );
    sent.on('error', reject);
    sent.end();
  });

const sendAll = async (sender: Sender, path: string, csv: string): Promise<void> => {
  let offset = 0;
  for (const part of piecesOf(csv, PART_BYTES)) {
    await patch(sender, path, offset, part);
    offset += part.length;
  }
};

const rest = async (client: AccountClient, path: string): Promise<Record<string, unknown>> => {
  for (;;) {
    const state = (await client.ok('GET', `${path}/state`)) as Record<string, unknown>;
    if (state['phase'] === 'ready' || state['phase'] === 'loaded') return state;
    if (state['phase'] === 'failed' || state['phase'] === 'unreadable')
      throw new Error(JSON.stringify(state));
    await sleep(PATIENCE_MS);
  }
};

/** Seconds of the three steps, one after the other, and of all of them where the load was ordered before the first byte. */
interface Times {
  readonly upload: number;
  readonly look: number;
  readonly load: number;
  readonly ordered: number;
}

interface Loaded {
  readonly time: Times;
  /** Processor time that the server used for each. */
  readonly cpu: Times;
  /** What all processes of the server had more than before, at the most; and its own alone. */
  readonly peakMb: number;
  readonly ownPeakMb: number;
}

const loadThrough = async (server: Running, csv: string, length: number): Promise<Loaded> => {
  const jar = new Map<string, string>();
  const client = openAccountClient(server, jar);
  await askToSignUp(client, EMAIL);
  const { company } = await confirmSignUp(client, EMAIL, await mailedToken(server as never, EMAIL));
  const cookie = [...jar.values()].join('; ');
  const sender = { server, headers: { cookie, 'sec-fetch-site': 'same-origin', 'tus-resumable': '1.0.0' } };
  const uploads = `/v1/companies/${company}/dataset-uploads`;
  await sleep(3000);
  const idle = memoryOf(familyOf(server.pid));
  const ownIdle = memoryOf([server.pid]);
  let [peak, ownPeak] = [idle, ownIdle];
  const sampling = setInterval(() => {
    peak = Math.max(peak, memoryOf(familyOf(server.pid)));
    ownPeak = Math.max(ownPeak, memoryOf([server.pid]));
  }, SAMPLE_MS);
  const order = (path: string, name: string): Promise<unknown> =>
    client.ok('POST', `${path}/load`, { new: { name, visibility: 'private' } });
  try {
    const marks: { readonly time: number; readonly cpu: number }[] = [];
    const mark = (): void =>
      void marks.push({ time: performance.now() / 1000, cpu: cpuOf(familyOf(server.pid)) });
    const between = (what: 'time' | 'cpu', from: number): number =>
      (marks[from + 1]?.[what] ?? 0) - (marks[from]?.[what] ?? 0);

    const path = await begin(sender, uploads, length);
    mark();
    await sendAll(sender, path, csv);
    mark();
    await rest(client, path);
    mark();
    await order(path, 'wells');
    await rest(client, path);
    mark();
    // What the one before left is cleared away by the upkeep, and not while this one is timed.
    await client.ok('DELETE', path);
    await sleep(SETTLE_MS);
    const another = await begin(sender, uploads, length);
    mark();
    await order(another, 'wells-ordered');
    await sendAll(sender, another, csv);
    await rest(client, another);
    mark();
    const timesOf = (what: 'time' | 'cpu'): Times => ({
      upload: between(what, 0),
      look: between(what, 1),
      load: between(what, 2),
      ordered: between(what, 4),
    });
    return {
      time: timesOf('time'),
      cpu: timesOf('cpu'),
      peakMb: peak - idle,
      ownPeakMb: ownPeak - ownIdle,
    };
  } finally {
    clearInterval(sampling);
  }
};

/** What a server that has just started said of itself. */
export const runningOf = (pid: number, dataDir: string, said: string): Running => {
  const find = (pattern: RegExp): string => {
    const match = pattern.exec(said)?.[1];
    if (match === undefined) throw new Error(`the server did not say ${String(pattern)}`);
    return match;
  };
  const url = find(/Ready at (https:\/\/[^\s,]+:\d+)/);
  const admin = `http://127.0.0.1:${find(/127\.0\.0\.1:(\d+)/)}`;
  return {
    pid,
    url,
    port: Number(new URL(url).port),
    ca: readFileSync(resolvePath(PROJECT, find(/--cacert (\S+)/)), 'utf8'),
    dataDir,
    ask: async (path) => {
      const response = await fetch(admin + path);
      return { status: response.status, headers: {}, body: await response.text() };
    },
  };
};

/** Uploads and loads one file, and copies it by hand before and after. */
export const measureUploads = async ({ gazetteerPath, quick, say }: UploadsOptions): Promise<Section> => {
  const bytes = quick ? QUICK_BYTES : WHOLE_BYTES;
  const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-bench-'));
  const csv = join(folder, 'wells.csv');
  const length = writeCsv(csv, bytes);
  const dataDir = makeDataDir(folder, gazetteerPath);
  const { process: child, lines } = await startServer(dataDir);
  child.stdout?.resume();
  try {
    const server = runningOf(child.pid ?? 0, dataDir, lines.join('\n'));
    say(`\nuploads: ${format(length / 1e6)} MB by hand, through the server, and by hand again`);
    const before = await copyByHand(server, csv);
    const loaded = await loadThrough(server, csv, length);
    const after = await copyByHand(server, csv);
    const byHand = (before + after) / 2;
    const { time, cpu } = loaded;
    const whole = time.upload + time.look + time.load;
    const rate = (seconds: number): string => `${format(length / 1e6 / seconds)} MB/s`;
    const row = (what: string, seconds: number, used?: number): string[] => [
      what,
      `${format(seconds)} s`,
      rate(seconds),
      used === undefined ? '–' : `${format(used)} s`,
    ];
    return {
      title: 'Uploads: a CSV file into a dataset',
      method: [
        `A CSV file of ${format(length / 1e6)} MB with six columns (number, text, decimal, time, truth value, text with quotes) that lies on the disk, written just before; by tus over HTTPS in parts of 8 MiB to the whole server with its embedded PostgreSQL, looked at, and loaded, on the same machine: first one after the other, as somebody does who reads what was found before it is loaded; then ordered before the first byte is sent, as a program does. By hand: the same bytes with COPY by pg-copy-streams into a table of the same types in the same PostgreSQL, without versions, policies or indexes, before and after, read from the same file. Processor time is of the server with all its processes, PostgreSQL among them, without the client.`,
        'Memory is the proportional set size of the server and all its processes, PostgreSQL among them, at most, less what it was before; “of the process that reads” is of the one that receives, looks and loads, without PostgreSQL.',
      ],
      tables: [
        {
          columns: ['step', 'time', 'rate', 'processor time of the server'],
          rows: [
            row('COPY by hand', byHand),
            row('upload (tus, stored)', time.upload, cpu.upload),
            row('look (types of all cells)', time.look, cpu.look),
            row('load (COPY, indexes, statistics, published)', time.load, cpu.load),
            row('all three, one after the other', whole, cpu.upload + cpu.look + cpu.load),
            row('all three, ordered before the first byte', time.ordered, cpu.ordered),
          ],
        },
      ],
      targets: [
        {
          what: 'upload against COPY by hand',
          wanted: WANTED,
          got: byHand / time.upload,
          sense: 'at least',
        },
        { what: 'load against COPY by hand', wanted: WANTED, got: byHand / time.load, sense: 'at least' },
        {
          what: 'all three, ordered before the first byte, against COPY by hand',
          wanted: WANTED,
          got: byHand / time.ordered,
          sense: 'at least',
        },
        { what: 'memory above idle', wanted: MOST_MB, got: loaded.peakMb, sense: 'at most', unit: ' MB' },
        {
          what: 'memory above idle of the process that reads',
          wanted: MOST_MB,
          got: loaded.ownPeakMb,
          sense: 'at most',
          unit: ' MB',
        },
      ],
    };
  } finally {
    await stopServer(child);
    rmSync(folder, { recursive: true, force: true });
  }
};
