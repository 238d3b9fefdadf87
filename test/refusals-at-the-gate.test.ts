/** A flood of wrong keys through the whole pipeline, and who else comes meanwhile. Nothing here looks at a clock. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { generateKey } from '../src/gate/key-format.ts';
import { openHouse, withKey, type House } from './support/house.ts';

const PATH = '/geocode/v1/json?q=Paris';
let house: House;
let answered = 0;
let isOver = false;
const ends: (() => void)[] = [];

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await pause(10);
};

/** A connection that tries one key after the other, four ahead of the answers. */
const flood = (localAddress: string): Promise<void> =>
  new Promise((resolve) => {
    const below = connect({ port: house.port, host: '127.0.0.1', localAddress });
    below.on('error', () => undefined);
    const socket = connectTls({ socket: below, servername: 'localhost', ca: house.ca });
    ends.push(() => socket.destroy());
    const send = (): void => {
      if (isOver) return;
      const key = generateKey('sk', 'live').expose();
      const wrong = answered % 2 === 0 ? key : `${key}x`;
      socket.write(`GET ${PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${wrong}\r\n\r\n`);
    };
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        for (const _ of String(chunk).matchAll(/HTTP\/1\.1 4(?:01|29) /g)) {
          answered += 1;
          send();
        }
      });
    socket.once('secureConnect', () => {
      for (let ahead = 0; ahead < 4; ahead += 1) send();
      resolve();
    });
  });

before(async () => {
  house = await openHouse();
  await Promise.all(Array.from({ length: 150 }, (_, index) => flood(`127.0.2.${1 + (index % 50)}`)));
  await until(() => answered >= 300);
});
after(async () => {
  isOver = true;
  for (const end of ends) end();
  await house.close();
});

describe('beside a flood of wrong keys', () => {
  it('a good key works on the first request of a new connection from an address that nobody knows', async () => {
    const before_ = answered;
    for (let host = 1; host <= 40; host += 1) {
      const localAddress = `127.0.3.${host}`;
      assert.equal((await house.get(PATH, { ...withKey(house), localAddress })).status, 200);
    }
    await until(() => answered > before_);
  });

  it('a good key works from an address from which wrong ones come', async () => {
    for (let host = 1; host <= 20; host += 1) {
      const localAddress = `127.0.2.${host}`;
      assert.equal((await house.get(PATH, { ...withKey(house), localAddress })).status, 200);
    }
  });

  it('a mistake is answered: in the contract’s form, and so that a page can read it', async () => {
    const headers = { authorization: 'Bearer nothing', origin: 'https://shop.example' };
    const answer = await house.get(PATH, { headers, localAddress: '127.0.4.1' });
    assert.equal(answer.status, 401);
    assert.equal((answer.json()['status'] as { code: number }).code, 401);
    assert.equal(answer.headers['access-control-allow-origin'], 'https://shop.example');
    const person = await house.get('/v1/session', { localAddress: '127.0.4.2' });
    assert.deepEqual([person.status, person.json()['code']], [401, 'sign_in_required']);
  });

  it('a browser’s question whether it may ask, and pages for everybody, are answered as ever', async () => {
    const headers = {
      origin: 'https://shop.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    const preflight = await house.get(PATH, { method: 'OPTIONS', headers, localAddress: '127.0.4.3' });
    assert.equal(preflight.status, 204);
    assert.equal((await house.get('/security', { localAddress: '127.0.4.4' })).status, 200);
  });
});
