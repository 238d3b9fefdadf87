/** What a running server asks of the system, by strace: every call that can carry bytes out of a process. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { familyOf, postmasterOf } from './processes.ts';
import { until, type RunningServer } from './server.ts';

/** Calls that write, connect, name a file, map memory that a file shares, or would go past such a list. */
const CALLS = [
  'write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,sendfile,splice,tee,vmsplice,copy_file_range',
  'open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,memfd_create',
  'connect,mmap,execve,setxattr,fsetxattr,io_uring_setup,io_uring_enter,io_submit,process_vm_writev',
].join(',');

/** One call that left its process. */
export interface Call {
  readonly pid: number;
  readonly name: string;
  /** The descriptor that is its first argument; empty where that is none. */
  readonly descriptor: string;
  /** What its first argument is where that is a descriptor: a path, `TCP:[local->remote]`, `UNIX-STREAM:[…]`. */
  readonly target: string;
  /** Its arguments, with every quoted string as the bytes that it stands for. */
  readonly bytes: Buffer;
}

export interface Calls {
  /** Stops tracing; all calls since the beginning. */
  stop(): Promise<readonly Call[]>;
}

/** `\x61\x62` as bytes; what stands between is left as it is. */
const bytesOf = (text: string): Buffer =>
  Buffer.from(
    text.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

const LINE = /^(\d+) +(\w+)\((?:(-?\d+|AT_FDCWD)<((?:->|[^<>])*)>)?(.*)$/;

const parse = (text: string): Call[] =>
  text.split('\n').flatMap((line) => {
    // The rest of a call that was interrupted holds its result alone: what goes out stands in its first part.
    const [, pid = '', name = '', descriptor = '', target = '', rest = ''] = LINE.exec(line) ?? [];
    if (name === '') return [];
    return [
      {
        pid: Number(pid),
        name,
        descriptor,
        target: bytesOf(target).toString('latin1'),
        bytes: bytesOf(rest),
      },
    ];
  });

/** Traces all threads of a server, its database's processes, and every process that these start. */
export const traceCalls = async (server: RunningServer): Promise<Calls> => {
  const { home, pid } = server;
  const postmaster = postmasterOf(home.dataDir);
  const pids = new Set([...familyOf(pid), ...(postmaster === undefined ? [] : familyOf(postmaster))]);
  const file = join(home.folder, 'calls.txt');
  // -yy says what descriptors are, -xx writes every byte as hex, and nothing is cut off.
  const words = ['-f', '-yy', '-xx', '-s', '300000', '-e', `trace=${CALLS}`, '-e', 'signal=none', '-o', file];
  const tracer = spawn('strace', [...words, ...[...pids].flatMap((one) => ['-p', String(one)])], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  tracer.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => tracer.once('close', () => resolve()));
  const isTraced = (one: number): boolean => {
    try {
      return readdirSync(`/proc/${one}/task`).every(
        (thread) => !/^TracerPid:\t0$/m.test(readFileSync(`/proc/${one}/task/${thread}/status`, 'utf8')),
      );
    } catch {
      // It has ended.
      return true;
    }
  };
  await until('every thread is traced', () => [...pids].every(isTraced), 30_000).catch((error: unknown) => {
    throw new Error(said, { cause: error });
  });
  return {
    stop: async () => {
      tracer.kill('SIGINT');
      await ended;
      const text = readFileSync(file, 'latin1');
      rmSync(file);
      return parse(text);
    },
  };
};
