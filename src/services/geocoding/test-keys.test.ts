/** The contract's published test keys. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openContract, textOf, type Contract, type Results } from '../../../test/support/contract.ts';
import { openTestGazetteer, requestOf } from '../../../test/support/gazetteer.ts';
import { elementAt, parseXml } from '../../../test/support/xml.ts';
import { systemClock } from '../../foundation/clock.ts';
import { FORMATS } from './formats.ts';
import { holdBase } from './atlas-holder.ts';
import { geocodingRoutes } from './routes.ts';
import { envelopeSchema } from './schemas.ts';
import { OK_KEY } from './test-keys.ts';

let contract: Contract;
before(async () => {
  contract = await openContract();
});

describe('the test keys', () => {
  const keys: [key: string, status: number, message: string][] = [
    ['4372eff77b8343cebfc843eb4da4ddc4', 402, 'quota exceeded'],
    ['2e10e5e828262eb243ec0b54681d699a', 403, 'disabled'],
    ['6c79ee8e1ca44ad58ad1fc493ba9542f', 403, 'IP address rejected'],
    ['d6d0f0065f4348a4bdfe4587ba02714b', 429, 'too many requests'],
  ];

  it('bring about their status, in every format', async () => {
    for (const [key, status, message] of keys) {
      for (const format of FORMATS) {
        const reply = await contract.inFormat(format, `q=Paris&key=${key}`);
        assert.deepEqual([reply.status, reply.reason], [status, message]);
        assert.ok(textOf(reply).includes(message));
      }
    }
  });

  it('answer one address, or nothing for the query that finds nothing', async () => {
    for (const q of ['Paris', '48.2,16.37', 'Qxzvbn']) {
      const reply = await contract.inFormat('json', `q=${q}&key=${OK_KEY}`);
      const value = JSON.parse(textOf(reply)) as Results;
      contract.holdTo('Response', value);
      envelopeSchema.strict().parse(value);
      assert.equal(value.total_results, 1);
      assert.equal(value.results[0]?.formatted, 'Friedrich-Ebert-Straße 7, 48153 Münster, Germany');
      assert.equal(value.results[0].components['road'], 'Friedrich-Ebert-Straße');
      assert.equal(reply.headers['access-control-allow-origin'], '*');
    }
    assert.equal((await contract.json(`q=NOWHERE-INTERESTING&key=${OK_KEY}`)).total_results, 0);
    assert.equal((await contract.json('q=NOWHERE-INTERESTING')).total_results, 0);
    assert.equal((await contract.inFormat('json', `q=x&key=${OK_KEY}`)).status, 400);
    const root = parseXml(textOf(await contract.inFormat('xml', `q=Paris&key=${OK_KEY}&language=de`)));
    assert.match(elementAt(root, 'results', 'result', 'formatted')?.text ?? '', /^Friedrich.*Deutschland$/);
  });

  it('are nothing where they are switched off, given twice, or nearly right', async () => {
    const gazetteer = await openTestGazetteer();
    const off = geocodingRoutes({
      atlas: holdBase(gazetteer),
      publicUrl: 'https://geo.example',
      clock: systemClock,
    });
    assert.ok(off.every(({ rehearsal }) => rehearsal === undefined));
    const [route] = contract.routes;
    for (const search of [
      `q=Paris&key=${OK_KEY}&key=${OK_KEY}`,
      `q=Paris&key=${OK_KEY.toUpperCase()}`,
      `q=Paris&key=${OK_KEY}x`,
      'q=Paris',
      'q=Paris&key=constructor',
    ])
      assert.equal(route?.rehearsal?.(requestOf(search)), undefined, search);
  });
});
