import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { testDatabase } from '../../test/support/database.ts';
import { recordingLog } from '../../test/support/log.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import { createHistoryReader, createJournal } from './journal.ts';
import { COULD_NOT_RUN, NOT_CHECKED_YET, type SecurityReport } from './report.ts';
import { createPromises, type PromisesOptions } from './service.ts';

const { privateKey: signingKey } = generateKeyPairSync('ed25519');
const installation = { name: 'Test', url: 'https://localhost', version: '0.0.0' };
const KEPT: CheckResult = { state: 'kept', evidence: 'Seen.' };
const MINUTE = 60_000;

const promise = (id: string, check: () => Promise<CheckResult>): PromiseDefinition => ({
  id,
  kind: 'canary-tested',
  sentence: ({ ms }) => `It takes ${ms ?? 'an unknown number of'} ms.`,
  enforcedBy: 'The test.',
  check,
});

const open: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of open) await close();
});

const setUp = async (definitions: readonly PromiseDefinition[], more: Partial<PromisesOptions> = {}) => {
  const { database } = await testDatabase();
  const clock = testClock();
  const log = recordingLog();
  const journal = createJournal(database, signingKey);
  const promises = createPromises({ definitions, journal, clock, log, signingKey, installation, ...more });
  open.push(promises.close);
  const states = async (): Promise<string[]> =>
    (await createHistoryReader(database)(undefined)).map((entry) => `${entry.promise} ${entry.state}`);
  return { promises, clock, log, states };
};

describe('the promises of a running server', () => {
  it('are unchecked before the first check', async () => {
    const { promises } = await setUp([promise('one', async () => KEPT)]);
    const [view] = promises.report().promises;
    assert.deepEqual([view!.state, view!.checkedAt, view!.evidence], ['unchecked', null, NOT_CHECKED_YET]);
  });

  it('show what their checks found, with figures in the sentence', async () => {
    const { promises, clock } = await setUp([promise('one', async () => ({ ...KEPT, figures: { ms: 12 } }))]);
    const [view] = (await promises.runAll()).promises;
    assert.equal(view!.state, 'kept');
    assert.equal(view!.sentence, 'It takes 12 ms.');
    assert.equal(view!.checkedAt, new Date(clock.now()).toISOString());
  });

  it('turn at once when a check fails, before the other checks have ended', async () => {
    let second = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      second = resolve;
    });
    const { promises } = await setUp([
      promise('one', async () => ({ state: 'broken', evidence: 'It leaks.' })),
      promise('two', async () => waiting.then(() => KEPT)),
    ]);
    const seen = new Promise<SecurityReport>((resolve) => promises.onReport(resolve));
    const running = promises.runAll();
    assert.deepEqual(
      (await seen).promises.map((view) => view.state),
      ['broken', 'unchecked'],
    );
    second();
    assert.deepEqual(
      (await running).promises.map((view) => view.state),
      ['broken', 'kept'],
    );
  });

  it('are unchecked, never kept, when a check throws, and nothing it threw is shown', async () => {
    let fails = false;
    const { promises, states } = await setUp([
      promise('one', async () => {
        if (fails) throw new Error('query of somebody');
        return KEPT;
      }),
    ]);
    await promises.runAll();
    fails = true;
    const report = await promises.runAll();
    assert.deepEqual([report.promises[0]!.state, report.promises[0]!.evidence], ['unchecked', COULD_NOT_RUN]);
    assert.doesNotMatch(JSON.stringify(report), /somebody/);
    assert.deepEqual(await states(), ['one kept', 'one unchecked']);
  });

  it('are unchecked when a check takes longer than it may, and that check is not started twice', async () => {
    let starts = 0;
    let end = (): void => undefined;
    const never = new Promise<void>((resolve) => {
      end = resolve;
    });
    const endless = promise('endless', async () => {
      starts += 1;
      await never;
      return KEPT;
    });
    const { promises } = await setUp([endless, promise('two', async () => KEPT)], { checkLimitMs: 10 });
    await promises.runAll();
    const report = await promises.runAll();
    assert.deepEqual(
      report.promises.map((view) => view.state),
      ['unchecked', 'kept'],
    );
    assert.equal(starts, 1);
    end();
  });

  it('become unchecked when they were not checked for three intervals', async () => {
    const { promises, clock } = await setUp([promise('one', async () => KEPT)], { intervalMs: 10 * MINUTE });
    await promises.runAll();
    clock.advance(30 * MINUTE);
    assert.equal(promises.report().promises[0]!.state, 'kept');
    clock.advance(1);
    assert.equal(promises.report().promises[0]!.state, 'unchecked');
  });

  it('are checked once when two ask at the same time', async () => {
    let runs = 0;
    const { promises } = await setUp([
      promise('one', async () => {
        runs += 1;
        return KEPT;
      }),
    ]);
    await Promise.all([promises.runAll(), promises.runAll()]);
    assert.equal(runs, 1);
  });

  it('are written down when a state changes, and once an hour where none does', async () => {
    let state: CheckResult['state'] = 'kept';
    const { promises, clock, states } = await setUp([
      promise('one', async () => ({ state, evidence: 'Seen.' })),
    ]);
    for (let run = 0; run < 7; run += 1) {
      await promises.runAll();
      clock.advance(10 * MINUTE);
    }
    assert.deepEqual(await states(), ['one kept', 'one kept']);
    state = 'broken';
    await promises.runAll();
    state = 'kept';
    await promises.runAll();
    assert.deepEqual(await states(), ['one kept', 'one kept', 'one broken', 'one kept']);
    assert.equal(promises.report().history.entries, 4);
  });

  it('tell the operator once that one broke', async () => {
    const { promises, log } = await setUp([
      promise('one', async () => ({ state: 'broken', evidence: 'It leaks.' })),
    ]);
    await promises.runAll();
    await promises.runAll();
    assert.deepEqual(log.messages, ['a promise is broken']);
  });

  it('begin to be checked by themselves', async () => {
    const { promises } = await setUp([promise('one', async () => KEPT)], { firstRunMs: 1 });
    const seen = new Promise<SecurityReport>((resolve) => promises.onReport(resolve));
    promises.begin();
    assert.equal((await seen).promises[0]!.state, 'kept');
  });

  it('let go of a check that is under way when the server stops, and record nothing of it', async () => {
    let fail = (_error: Error): void => undefined;
    const underWay = promise('one', () => new Promise((_resolve, reject) => (fail = reject)));
    const { promises, states, log } = await setUp([underWay, promise('two', async () => KEPT)]);
    const running = promises.runAll();
    await promises.close();
    fail(new Error('the listener is gone'));
    assert.deepEqual(
      (await running).promises.map((view) => view.state),
      ['unchecked', 'unchecked'],
    );
    assert.deepEqual(await states(), []);
    assert.deepEqual(log.messages, []);
  });

  it('have names of their own', async () => {
    const twin = promise('one', async () => KEPT);
    await assert.rejects(setUp([twin, twin]), /same id/);
  });
});
