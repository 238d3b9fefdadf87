/**
 * Reads of rendered statements on connections that can do nothing else. What waits of one caller goes out together: its
 * scope and what opens the door stand once before it, in the same implicit transaction. Companies whose reads were slow share
 * all connections but one, one reading at a time each, so that others wait for a single statement at most.
 */
import { systemClock } from '../foundation/clock.ts';
import { Problem } from '../foundation/problem.ts';
import type { Connection } from './connection.ts';
import { StoreError, toStoreError } from './errors.ts';
import { openReadLine, type ReadLine, type TextRow } from './read-line.ts';
import { createReadPace } from './read-pace.ts';
import { isRendered, type RenderedStatement } from './rendered.ts';
import { isDeclared, type Statement } from './statement.ts';

/** On whose behalf is read; '' where there is none, and row-level security shows accordingly less. */
export interface ReadScope {
  readonly company: string;
  readonly user: string;
  /** The version that views of the past show, in decimal; '' for now. */
  readonly version: string;
}

export interface Reading {
  readonly scope: ReadScope;
  /** What says whether the rest may be read at all; run in the same transaction, before it. All of text. */
  readonly door: Statement<unknown, readonly string[]>;
  readonly doorValues: readonly string[];
  readonly statements: readonly RenderedStatement[];
}

export interface ReadResult {
  readonly door: readonly TextRow[];
  /** Rows of each of the statements. */
  readonly rows: readonly (readonly TextRow[])[];
}

export interface Reader {
  /**
   * Rejects with `Problem(503, 'unavailable')` where the database cannot be had, and with a StoreError where it refuses
   * a statement; the readings that shared the round trip do not notice.
   */
  read(reading: Reading): Promise<ReadResult>;
  close(): Promise<void>;
}

export interface ReaderOptions {
  readonly connection: Connection;
  /** Connections at most; `READ_LINES` where left out. */
  readonly lines?: number;
  /** Milliseconds that one statement may take; 5000 where left out. */
  readonly statementTimeoutMs?: number;
  /** Readings that may wait at once; 256 where left out. */
  readonly mostWaiting?: number;
  /** Mebibytes that one connection may put on the disk to sort and join; `READ_TEMPORARY_MB` where left out. */
  readonly temporaryMb?: number;
}

/** Connections of one worker thread. One company never has all of them. */
export const READ_LINES = 3;

/** A page of rows is found among ten million in memory; only what is far behind, or has no end, needs files. */
const READ_TEMPORARY_MB = 256;

const SET_SCOPE =
  "select set_config('vouchsafe.company_id', $1, true), set_config('vouchsafe.user_id', $2, true), set_config('vouchsafe.at_version', $3, true)";

interface Waiting extends Reading {
  readonly done: PromiseWithResolvers<ReadResult>;
}

interface Group {
  readonly company: string;
  waiting: Waiting[];
}

const tooManyWaiting = (): Problem =>
  new Problem(503, 'unavailable', 'Service unavailable', {
    detail: 'Too much waits for the database at the moment; try again in a few seconds.',
    headers: { 'retry-after': '2' },
  });

/** Makes a Reader; connects when first used. */
export const createReader = (options: ReaderOptions): Reader => {
  const { connection, lines: mostLines = READ_LINES, statementTimeoutMs = 5000, mostWaiting = 256 } = options;
  const session = {
    name: 'vouchsafe reads',
    statementTimeoutMs,
    lockTimeoutMs: statementTimeoutMs,
    connectTimeoutMs: 3000,
    readOnly: true,
    temporaryMb: options.temporaryMb ?? READ_TEMPORARY_MB,
  };
  const groups = new Map<string, Group>();
  const idle: ReadLine[] = [];
  const busy = new Map<string, number>();
  const open = new Set<ReadLine>();
  let [opening, waitingCount, isClosed] = [0, 0, false];

  const pace = createReadPace();

  /** Connections that companies have whose reads were slow. */
  const slowLines = (): number => {
    let count = 0;
    for (const [company, used] of busy) if (pace.isSlow(company)) count += used;
    return count;
  };

  /** The first group whose company may have one more connection. */
  const nextGroup = (): readonly [string, Group] | undefined => {
    const mostOfOne = Math.max(1, mostLines - 1);
    const slow = slowLines();
    for (const entry of groups) {
      const { company } = entry[1];
      const isFull = (busy.get(company) ?? 0) >= mostOfOne || (pace.isSlow(company) && slow >= mostOfOne);
      if (!isFull) return entry;
    }
    return undefined;
  };

  const takeBatch = (key: string, group: Group): readonly Waiting[] => {
    const most = pace.together(group.company);
    const batch = group.waiting.slice(0, most);
    group.waiting = group.waiting.slice(most);
    groups.delete(key);
    // Behind the others, so that nobody has all the turns.
    if (group.waiting.length > 0) groups.set(key, group);
    waitingCount -= batch.length;
    return batch;
  };

  const enqueue = (waiting: Waiting): void => {
    const { scope, door, doorValues } = waiting;
    const key = [scope.company, scope.user, scope.version, door.name, ...doorValues].join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { company: scope.company, waiting: [waiting] });
    else group.waiting.push(waiting);
    waitingCount += 1;
  };

  const settle = (
    batch: readonly Waiting[],
    rows: readonly (readonly TextRow[])[],
    failure: unknown,
  ): void => {
    const [, door] = rows;
    // Whoever has no right, or not any more, is told that and nothing else: not what is wrong with their query.
    if (failure !== undefined && door?.length === 0) {
      for (const { done } of batch) done.resolve({ door, rows: [] });
      return;
    }
    let place = 2;
    let isOver = rows.length < 2;
    for (const one of batch) {
      const end = place + one.statements.length;
      if (!isOver && end <= rows.length) one.done.resolve({ door: door ?? [], rows: rows.slice(place, end) });
      else if (rows.length < 2 || !isOver) one.done.reject(toStoreError(failure, 'store.read'));
      // What stood behind the one that failed was not run.
      else enqueue(one);
      if (end > rows.length) isOver = true;
      place = end;
    }
  };

  const work = async (line: ReadLine, key: string, group: Group): Promise<void> => {
    const { company } = group;
    const batch = takeBatch(key, group);
    const [first] = batch;
    if (first === undefined) return;
    const { scope, door, doorValues } = first;
    busy.set(company, (busy.get(company) ?? 0) + 1);
    const statements = [
      { text: SET_SCOPE, values: [scope.company, scope.user, scope.version] },
      { text: door.text, values: doorValues },
      ...batch.flatMap((one) => one.statements),
    ];
    const startedAt = systemClock.monotonic();
    const { rows, failure } = await line.run(statements, statementTimeoutMs * statements.length + 2000);
    pace.note(company, systemClock.monotonic() - startedAt);
    const left = (busy.get(company) ?? 1) - 1;
    if (left === 0) busy.delete(company);
    else busy.set(company, left);
    if (line.isLost() || isClosed) drop(line);
    else idle.push(line);
    settle(batch, rows, failure);
    pump();
  };

  const drop = (line: ReadLine): void => {
    open.delete(line);
    line.close().catch(() => undefined);
  };

  const rejectAll = (error: unknown): void => {
    const all = [...groups.values()];
    groups.clear();
    waitingCount = 0;
    for (const { waiting } of all)
      for (const { done } of waiting) done.reject(toStoreError(error, 'store.read'));
  };

  const openLine = async (): Promise<void> => {
    opening += 1;
    try {
      const line = await openReadLine(connection, session);
      if (isClosed) await line.close();
      else {
        open.add(line);
        idle.push(line);
      }
    } catch (error) {
      // The others go on.
      if (open.size === 0) rejectAll(error);
    } finally {
      opening -= 1;
    }
    pump();
  };

  const pump = (): void => {
    for (let next = nextGroup(); next !== undefined; next = nextGroup()) {
      const line = idle.pop();
      if (line === undefined) {
        if (open.size + opening < mostLines && !isClosed) void openLine();
        return;
      }
      // Lost while nobody used it.
      if (line.isLost()) drop(line);
      else void work(line, ...next);
    }
  };

  let isPumpSoon = false;
  /** Once this turn has read what there is: requests that came together go out together. */
  const pumpSoon = (): void => {
    if (isPumpSoon) return;
    isPumpSoon = true;
    setImmediate(() => {
      isPumpSoon = false;
      pump();
    });
  };

  return {
    read: (reading) => {
      if (!isDeclared(reading.door) || !reading.statements.every(isRendered))
        return Promise.reject(new StoreError('store.read', 'undeclared'));
      if (waitingCount >= mostWaiting || isClosed) return Promise.reject(tooManyWaiting());
      const waiting: Waiting = { ...reading, done: Promise.withResolvers<ReadResult>() };
      enqueue(waiting);
      pumpSoon();
      return waiting.done.promise;
    },
    close: async () => {
      isClosed = true;
      rejectAll(tooManyWaiting());
      await Promise.all([...open].map((line) => line.close().catch(() => undefined)));
    },
  };
};
