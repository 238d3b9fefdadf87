import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatAddress,
  parseAddress,
  type Address,
} from '../../../src/services/visitor/addresses/address.ts';
import { makeLayer } from '../addresses/write-layer.ts';
import { TEST_META } from '../../../test/support/address-layers.ts';
import type { NetworkRow } from '../addresses/rows.ts';
import { createSpotCheck, type SpotCheck } from './spot-check.ts';

const address = (text: string): Address => parseAddress(text)!;
const row = (first: string, last: string, asn: number): NetworkRow => ({
  first: address(first),
  last: address(last),
  network: { asn, organisation: '' },
});

/** A check that has been told what a writer of these rows finds contested. */
const checkOf = async (rows: readonly NetworkRow[]): Promise<SpotCheck<NetworkRow>> => {
  const spots = createSpotCheck(() => rows);
  await makeLayer('network', rows, TEST_META, { contested: spots.contest });
  return spots;
};

const says = (found: number, { network }: NetworkRow): boolean => found === network.asn;

describe('the spot check of what was written', () => {
  const rows = [
    row('2.0.0.0', '2.0.0.255', 1),
    row('2.0.0.10', '2.0.0.20', 2),
    row('2.0.1.0', '2.0.1.255', 3),
    row('2a00::', '2a00::ff', 4),
    row('2a00::', '2a00::ff', 4),
  ];
  const found = (given: Address): number | undefined => {
    const text = formatAddress(given);
    if (text.startsWith('2a00')) return 4;
    if (text === '2.0.0.10' || text === '2.0.0.20') return 2;
    return text.startsWith('2.0.0.') ? 1 : 3;
  };

  it('leaves out only ends at which rows say different things', async () => {
    assert.deepEqual((await checkOf(rows)).check(found, says), { compared: 8, contested: 2 });
  });

  it('finds a row that is missing or wrong, although others overlap', async () => {
    for (const wrong of ['2.0.0.0', '2.0.0.255', '2.0.1.0', '2.0.1.255', '2a00::', '2a00::ff'])
      for (const instead of [99, undefined]) {
        const spots = await checkOf(rows);
        assert.throws(
          () => spots.check((each) => (formatAddress(each) === wrong ? instead : found(each)), says),
          /not what was read/u,
          `${wrong} ${String(instead)}`,
        );
      }
  });

  it('wants something to be found where rows overlap', async () => {
    const spots = await checkOf(rows);
    assert.throws(
      () => spots.check((each) => (formatAddress(each) === '2.0.0.10' ? undefined : found(each)), says),
      /not what was read/u,
    );
  });
});
