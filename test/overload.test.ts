/** A thread that does not keep up, as its clients and its operator see it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { after, before, describe, it } from 'node:test';
import { createAdmin } from '../src/admin/listener.ts';
import { edgeGauges } from '../src/edge-gauges.ts';
import { featureTable } from '../src/features.ts';
import { systemClock } from '../src/foundation/clock.ts';
import { openBoard } from '../src/metering/board.ts';
import { operationsOf, routeTable } from '../src/routes.ts';
import { holdBase } from '../src/services/geocoding/atlas-holder.ts';
import { openTestGazetteer } from './support/gazetteer.ts';
import { EMPTY_REPORT, openHouse, withKey, type House } from './support/house.ts';

/** Late from the first request of a turn on, with no patience at all. */
const ALWAYS = { turnMs: -1, patienceMs: -1, leastPerTurn: 0, leastGain: 0, mostRestMs: 1 };

let house: House;
before(async () => {
  house = await openHouse({ overload: ALWAYS });
});
after(() => house.close());

const shedSoFar = async (): Promise<number> => {
  const { routes } = routeTable({
    publicUrl: 'https://localhost',
    version: '0',
    securityContact: 'mailto:a@localhost',
    atlas: holdBase(await openTestGazetteer()),
    report: () => EMPTY_REPORT,
    history: async () => [],
    clock: systemClock,
    features: featureTable(),
  });
  const tallies = openBoard(house.memory.board, operationsOf(routes)).read();
  return (
    edgeGauges(tallies).find(({ name }) => name === 'vouchsafe_shed_requests_total')?.value ?? Number.NaN
  );
};

describe('a thread that does not keep up', () => {
  it('turns programs, pages and people away alike, each in the form that they know', async () => {
    const contract = await house.get('/geocode/v1/json?q=Berlin', withKey(house));
    assert.deepEqual([contract.status, contract.reason], [503, 'service unavailable']);
    assert.equal((contract.json()['status'] as { code: number }).code, 503);
    const people = await house.call('GET', '/v1/session');
    assert.equal(people.status, 503);
    assert.equal(people.json()['code'], 'overloaded');
    const sent = await house.call('POST', '/v1/sign-ins', { body: { email: 'a@b.example', password: 'x' } });
    assert.equal(sent.status, 503);
    assert.equal((await house.get('/security')).status, 503);
    for (const { headers } of [contract, people, sent]) assert.match(headers['retry-after'] ?? '', /^[123]$/);
  });

  it('lets the page of any origin read why, where pages may call at all', async () => {
    const headers = { origin: 'https://shop.example' };
    const page = await house.get('/geocode/v1/json?q=Berlin', { headers });
    assert.equal(page.status, 503);
    assert.equal(page.headers['access-control-allow-origin'], 'https://shop.example');
    assert.match(page.headers['access-control-expose-headers'] ?? '', /retry-after/);
  });

  it('is seen by the operator: a count, and one line however many are turned away', async () => {
    const before_ = await shedSoFar();
    for (let request = 0; request < 20; request += 1) await house.get('/security');
    assert.equal(await shedSoFar(), before_ + 20);
    const told = house.lines.filter((line) => line.includes('turned away'));
    assert.equal(told.length, 1);
  });

  it('keeps the connection, since a new one costs more than the answer', async () => {
    const socket = connectTls({ port: house.port, host: '127.0.0.1', servername: 'localhost', ca: house.ca });
    await once(socket, 'secureConnect');
    for (let request = 0; request < 3; request += 1) {
      socket.write('GET /security HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      assert.match(chunk.toString(), /^HTTP\/1\.1 503 /);
    }
    socket.destroy();
  });

  it('does not answer for the administrative listener, which always answers', async (t) => {
    const admin = createAdmin({
      isReady: () => true,
      exposition: { contentType: 'text/plain', text: async () => 'metrics' },
      runChecks: () => Promise.reject(new Error('not asked for')),
      mailbox: undefined as never,
      clock: systemClock,
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    });
    t.after(() => admin.close(0));
    const { port } = await admin.listenOnLoopback(0);
    for (const path of ['/health', '/ready', '/metrics'])
      assert.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 200, path);
  });
});
