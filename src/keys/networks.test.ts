import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readNetworks } from '../gate/networks.ts';
import { canonicalNetwork } from './networks.ts';

describe('networks', () => {
  it('are written in one way', () => {
    const same: Readonly<Record<string, string>> = {
      '10.0.0.0/8': '10.0.0.0/8',
      ' 192.0.2.7 ': '192.0.2.7/32',
      '0.0.0.0/0': '0.0.0.0/0',
      '::/0': '::/0',
      '2001:DB8:0:0::/32': '2001:db8::/32',
      '2001:db8:0:1:0:0:0:1': '2001:db8:0:1::1/128',
      '64:ff9b::1.2.3.4': '64:ff9b::102:304/128',
    };
    for (const [text, canonical] of Object.entries(same)) {
      assert.equal(canonicalNetwork(text), canonical, text);
      assert.equal(canonicalNetwork(canonical), canonical);
    }
  });

  it('are refused where they are none, or a slip', () => {
    const wrong = [
      '',
      '/',
      'x',
      '10.0.0.1/8',
      '2001:db8::1/64',
      '1.2.3.4/33',
      '::/129',
      '1.2.3.4/-1',
      '1.2.3.4/8/8',
      '01.2.3.4',
      '1.2.3',
      '0x7f.0.0.1',
      '2130706433',
      '::ffff:1.2.3.4',
      '::ffff:102:304/128',
      'fe80::1%eth0/64',
      '١.2.3.4',
      '1.2.3.4/８',
      '1'.repeat(60),
      '[::1]',
    ];
    for (const text of wrong) assert.equal(canonicalNetwork(text), undefined, text);
  });

  it('let in exactly the addresses whose first bits are theirs', () => {
    const bitsOf = (address: string): string =>
      address
        .split('.')
        .map((part) => Number(part).toString(2).padStart(8, '0'))
        .join('');
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (base, address, bits) => {
        const number = Number.parseInt(bitsOf(base).slice(0, bits).padEnd(32, '0'), 2);
        const start = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
        const network = canonicalNetwork(`${start}/${bits}`);
        assert.ok(network !== undefined);
        const isIn = bitsOf(address).slice(0, bits) === bitsOf(start).slice(0, bits);
        assert.equal(readNetworks([network])?.(address), isIn);
        assert.equal(readNetworks([network])?.('2001:db8::1'), false);
      }),
    );
  });

  it('let nobody in where they cannot be read, and everybody where there are none', () => {
    assert.equal(readNetworks([]), undefined);
    const broken = readNetworks(['nonsense']);
    assert.deepEqual([broken?.('192.0.2.1'), broken?.('::1')], [false, false]);
    const both = readNetworks(['192.0.2.0/24', '2001:db8::/64']);
    assert.deepEqual(
      ['192.0.2.255', '192.0.3.0', '2001:db8::1', '2001:db8:0:1::1', 'fe80::1%eth0', '', 'x'].map((at) =>
        both?.(at),
      ),
      [true, false, true, false, false, false, false],
    );
  });
});
