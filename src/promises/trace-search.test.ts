/** Which files a search for traces reads, and which it may leave out. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createLogTail } from './log-tail.ts';
import { freshMark, traceForms } from './marks.ts';
import { createTraceSearch, type Searched, type TraceSearch } from './trace-search.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-traces-'));
after(() => rmSync(folder, { recursive: true }));
const HOUR_MS = 3_600_000;

interface Place {
  readonly search: TraceSearch;
  readonly needles: readonly Buffer[];
  readonly mark: string;
  file(name: string): string;
  /** Both clocks go on, as they do by themselves. */
  pass(ms: number): void;
  /** Somebody sets the one on the wall. */
  set(ms: number): void;
  check(): Promise<Searched>;
}

let counter = 0;
/** A server that starts now, by clocks that the test moves; files that are there already lie in `before`. */
const start = (before: Readonly<Record<string, string>> = {}): Place => {
  const dataDir = join(folder, String((counter += 1)));
  mkdirSync(dataDir);
  const file = (name: string): string => join(dataDir, name);
  for (const [name, text] of Object.entries(before)) writeFileSync(file(name), text);
  let [passed, wasSet] = [0, 0];
  const search = createTraceSearch({
    log: createLogTail({ write: () => undefined }),
    dataDir,
    holdsDatabase: true,
    clock: { now: () => Date.now() + passed + wasSet, monotonic: () => performance.now() + passed },
  });
  const mark = freshMark();
  const needles = traceForms(mark);
  return {
    search,
    needles,
    mark,
    file,
    pass: (ms) => {
      passed += ms;
    },
    set: (ms) => {
      wasSet += ms;
    },
    check: () => {
      search.begin();
      return search.look(needles);
    },
  };
};

const countsOf = ({ told }: Searched): readonly (string | undefined)[] => [
  /^(\d+) files/.exec(told)?.[1],
  /Into (\d+) more/.exec(told)?.[1],
];

describe('a search for traces', () => {
  it('reads what was written since the server started, and tells how much else there is', async () => {
    const place = start({ old: 'hay' });
    assert.deepEqual(countsOf(await place.check()), ['1', undefined], 'within the margin of the clock');
    place.pass(HOUR_MS);
    await place.check();
    assert.deepEqual(countsOf(await place.check()), ['0', '1'], 'a look that was clean is not taken twice');
  });

  it('finds what is written later into a file that was clean', async () => {
    const place = start({ table: 'hay' });
    place.pass(HOUR_MS);
    assert.equal((await place.check()).isClean, true);
    // The clocks of the test are ahead of those of the file system: as if an hour had passed there as well.
    appendFileSync(place.file('table'), place.mark);
    const later = new Date(Date.now() + HOUR_MS);
    utimesSync(place.file('table'), later, later);
    assert.equal((await place.check()).isClean, false);
  });

  it('looks again at what was not clean, though nobody wrote to it', async () => {
    const place = start();
    writeFileSync(place.file('leak'), place.mark);
    assert.equal((await place.check()).isClean, false);
    place.pass(HOUR_MS);
    assert.equal((await place.check()).isClean, false);
  });

  it('reads a file that got another name, whatever its time says', async () => {
    const place = start();
    await place.check();
    writeFileSync(place.file('elsewhere'), place.mark);
    const long = new Date(Date.now() - 24 * HOUR_MS);
    utimesSync(place.file('elsewhere'), long, long);
    renameSync(place.file('elsewhere'), place.file('here'));
    assert.equal((await place.check()).isClean, false);
  });

  it('reads all once the clock was set, for then times of files say nothing', async () => {
    const place = start({ old: 'hay' });
    place.pass(HOUR_MS);
    await place.check();
    place.set(-2 * HOUR_MS);
    assert.deepEqual(countsOf(await place.check()), ['1', undefined]);
    place.pass(2 * HOUR_MS);
    place.set(HOUR_MS);
    assert.deepEqual(countsOf(await place.check()), ['1', undefined], 'forwards as well');
  });
});
