import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { formatAddress } from '../../../src/services/visitor/addresses/address.ts';
import { ImportError } from '../../import/import-error.ts';
import { createSkips } from '../../import/import-skips.ts';
import { creditOf, dateOfName } from './credits.ts';
import { readList } from './list-rows.ts';
import { openSource } from './open-source.ts';
import { readTable } from './table-rows.ts';
import type { ReadLayer } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-tables-'));
after(() => rmSync(folder, { recursive: true }));

const put = (content: string | Buffer, name = 'table.csv'): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const read = async (
  content: string | Buffer,
  layer: ReadLayer,
): Promise<{ rows: unknown[]; skipped: readonly string[] }> => {
  const skips = createSkips();
  const source = await openSource(put(content), 'csv');
  assert.ok(source.format === 'csv');
  const rows: unknown[] = [];
  for await (const { first, last, facts } of readTable(source.input, {
    layer,
    skips,
    report: () => undefined,
  }))
    rows.push([formatAddress(first), formatAddress(last), facts]);
  return { rows, skipped: [...skips.reasons.keys()] };
};

const readNetworks = async (content: string): Promise<string[]> => {
  const source = await openSource(put(content, 'list.txt'), undefined);
  assert.ok(source.format === 'list');
  const found: string[] = [];
  for await (const { first, last } of readList(source.input, { report: () => undefined }))
    found.push(`${formatAddress(first)}-${formatAddress(last)}`);
  return found;
};

describe('tables of ranges', () => {
  it('are read as each publisher writes them', async () => {
    const cases: readonly [string, string, ReadLayer, unknown][] = [
      ['ip-location-db, country', '1.0.0.0,1.0.0.255,AU\n', 'place', { country: 'AU' }],
      [
        'DB-IP, country',
        '"0.0.0.0","0.255.255.255","ZZ"\n"1.0.0.0","1.0.0.255","AU"\n',
        'place',
        { country: 'AU' },
      ],
      [
        'ip-location-db, asn',
        '1.0.0.0,1.0.0.255,13335,"Cloudflare, Inc."\n',
        'network',
        { asn: 13_335, organisation: 'Cloudflare, Inc.' },
      ],
      [
        'ip-location-db, city',
        '1.0.0.0,1.0.0.255,AU,Queensland,,South Brisbane,4101,-27.4748,153.017,Australia/Brisbane\n',
        'place',
        {
          country: 'AU',
          regionName: 'Queensland',
          city: 'South Brisbane',
          postcode: '4101',
          latitude: -27.4748,
          longitude: 153.017,
          timezone: 'Australia/Brisbane',
        },
      ],
      [
        'DB-IP, city',
        '1.0.0.0,1.0.0.255,OC,AU,Queensland,"South Brisbane",-27.4748,153.017\n',
        'place',
        {
          country: 'AU',
          regionName: 'Queensland',
          city: 'South Brisbane',
          latitude: -27.4748,
          longitude: 153.017,
        },
      ],
      [
        'DB-IP, city, as it begins',
        '0.0.0.0,0.255.255.255,ZZ,ZZ,,,0,0\n1.0.0.0,1.0.0.255,OC,AU,Queensland,,-27.4748,153.017\n',
        'place',
        { country: 'AU', regionName: 'Queensland', latitude: -27.4748, longitude: 153.017 },
      ],
      [
        'IP2Location, DB1',
        '"0","16777215","-","-"\n"16777216","16777471","AU","Australia"\n',
        'place',
        { country: 'AU' },
      ],
      [
        'IP2Location, DB3',
        '"16777216","16777471","AU","Australia","Queensland","Brisbane"\n',
        'place',
        { country: 'AU', regionName: 'Queensland', city: 'Brisbane' },
      ],
      [
        'IP2Location, DB5',
        '"16777216","16777471","AU","Australia","Queensland","Brisbane","-27.467940","153.028090"\n',
        'place',
        {
          country: 'AU',
          regionName: 'Queensland',
          city: 'Brisbane',
          latitude: -27.4679,
          longitude: 153.0281,
        },
      ],
      [
        'IP2Location, DB9',
        '"16777216","16777471","AU","Australia","Queensland","Brisbane","-27.467940","153.028090","4000"\n',
        'place',
        {
          country: 'AU',
          regionName: 'Queensland',
          city: 'Brisbane',
          postcode: '4000',
          latitude: -27.4679,
          longitude: 153.0281,
        },
      ],
      [
        'IP2Location, DB11',
        '"16777216","16777471","AU","Australia","Queensland","Brisbane","-27.467940","153.028090","4000","+10:00"\n',
        'place',
        {
          country: 'AU',
          regionName: 'Queensland',
          city: 'Brisbane',
          postcode: '4000',
          latitude: -27.4679,
          longitude: 153.0281,
        },
      ],
      [
        'IP2Location, ASN',
        '"16777216","16777471","1.0.0.0/24","13335","CloudFlare Inc"\n',
        'network',
        { asn: 13_335, organisation: 'CloudFlare Inc' },
      ],
    ];
    for (const [name, text, layer, facts] of cases)
      assert.deepEqual((await read(text, layer)).rows, [['1.0.0.0', '1.0.0.255', facts]], name);
  });

  it('tell what they are by their content, packed or not', async () => {
    for (const content of [Buffer.from('1.0.0.0,1.0.0.255,AU\n'), gzipSync('\uFEFF1.0.0.0,1.0.0.255,AU\n')]) {
      const source = await openSource(put(content, 'any-name'), undefined);
      assert.ok(source.format === 'csv');
      assert.deepEqual([source.table, source.layers], ['country', ['place']]);
      await source.input.close();
    }
  });

  it('of eight columns are told apart where continents and countries share a code, and where a row says nothing', async () => {
    const dbip = 'dbip-city';
    const cases: readonly [string, string | undefined][] = [
      ['0.0.0.0,0.255.255.255,ZZ,ZZ,,,0,0\n', undefined],
      ['0.0.0.0,0.255.255.255,EU,,,,0,0\n', undefined],
      ['0.0.0.0,0.255.255.255,ZZ,ZZ,,,0,0\n5.9.0.0,5.9.1.255,EU,DE,Bavaria,Nuremberg,49.4,11.1\n', dbip],
      ['41.0.0.0,41.0.255.255,AF,ZA,Gauteng,Johannesburg,-26.2,28.04\n', dbip],
      ['"0","16777215","-","-","-","-","0.000000","0.000000"\n', undefined],
      ['"16777216","16777471","AF","Afghanistan","Kabul","Kabul","34.5","69.1"\n', 'ip2location'],
    ];
    for (const [text, table] of cases) {
      const source = await openSource(put(text), 'csv');
      assert.ok(source.format === 'csv');
      assert.equal(source.table, table, text);
      await source.input.close();
    }
  });

  it('leave out rows that say nothing, and count them', async () => {
    const { rows, skipped } = await read(
      '1.0.0.0,1.0.0.255,AU\n1.0.1.0,1.0.1.255,ZZ\n1.0.2.0,1.0.2.255,QQ\n',
      'place',
    );
    assert.equal(rows.length, 1);
    assert.deepEqual(skipped, ['no country', 'a country that does not exist']);
  });

  it('are refused as a whole where they are damaged, with the line', async () => {
    const cases: readonly [string, ReadLayer, RegExp][] = [
      ['1.0.0.0,1.0.0.255,AU\n1.0.1.0,1.0.1', 'place', /line 2: 2 columns stand where the table has 3/u],
      [
        '1.0.0.0,1.0.0.255,AU\n1.0.1.0,1.0.1.256,AU\n',
        'place',
        /line 2: the first two columns are no range/u,
      ],
      [
        '1.0.0.0,1.0.0.255,AU\n1.0.1.255,1.0.1.0,AU\n',
        'place',
        /line 2: the first two columns are no range/u,
      ],
      [
        '1.0.0.0,1.0.0.255,OC,AU,Queensland,Brisbane,-97.4748,153.017\n',
        'place',
        /line 1, latitude, longitude: it is not on the globe/u,
      ],
      [
        '1.0.0.0,1.0.0.255,OC,AU,Queensland,Brisbane,-27.4,153.0\n1.0.1.0,1.0.1.255,OC,AU,Q,B,here,there\n',
        'place',
        /line 2, latitude/u,
      ],
      ['ip_from,ip_to,country\n', 'place', /line 1: nothing tells which table it is/u],
      [
        '1.0.0.0,1.0.0.255,AU\n',
        'network',
        /says where addresses are, which is not network; import it --as place/u,
      ],
      ['1.0.0.0,1.0.0.255,AU\n1.0.1.0,1.0.1.255,"AU\n', 'place', /line \d: it is no CSV from there on/u],
      [`1.0.0.0,1.0.0.255,13335,"${'x'.repeat(100_000)}"\n`, 'network', /line 1/u],
    ];
    for (const [text, layer, message] of cases)
      await assert.rejects(read(text, layer), (error: unknown) => {
        assert.ok(error instanceof ImportError, String(error));
        assert.match(error.message, message);
        return true;
      });
  });

  it('are not what a server answers instead of a file', async () => {
    for (const [content, message] of [
      ['<!doctype html><title>Sign in</title>', /web page or JSON/u],
      ['# nothing\n\n', /nothing but comments/u],
    ] as const)
      await assert.rejects(openSource(put(content), undefined), message);
    const tar = Buffer.alloc(1024);
    tar.write('ustar', 257);
    await assert.rejects(openSource(put(tar), undefined), /tar archive; unpack it/u);
    // More than a hundred megabytes out of some hundred thousand bytes; read as an MMDB, which is taken whole.
    const bomb = gzipSync(Buffer.alloc(120e6));
    await assert.rejects(openSource(put(bomb), 'mmdb'), /zip bomb/u);
    const whole = gzipSync('1.0.0.0,1.0.0.255,AU\n'.repeat(1000));
    await assert.rejects(read(whole.subarray(0, whole.length - 12), 'place'), /end too early|damaged/u);
  });
});

describe('lists of networks', () => {
  it('have one on each line, and comments', async () => {
    const text =
      '# Tor\n192.0.2.1\n\n198.51.100.0/24 ; all of it\r\n2001:db8::/126#v6\n192.0.2.8-192.0.2.9\n';
    assert.deepEqual(await readNetworks(text), [
      '192.0.2.1-192.0.2.1',
      '198.51.100.0-198.51.100.255',
      '2001:db8::-2001:db8::3',
      '192.0.2.8-192.0.2.9',
    ]);
  });

  it("are read as Tor's own exit-addresses, too", async () => {
    const text =
      'ExitNode 0011BD2485AD45D984EC4159C88FC066E5E3300E\nPublished 2026-11-21 01:02:03\nLastStatus 2026-11-21 02:00:00\nExitAddress 192.0.2.77 2026-11-21 02:05:11\n';
    assert.deepEqual(await readNetworks(text), ['192.0.2.77-192.0.2.77']);
  });

  it('are refused with the line of anything else', async () => {
    await assert.rejects(
      readNetworks('192.0.2.1\nevil.example\n'),
      /line 2: it is neither an address nor a network/u,
    );
    await assert.rejects(readNetworks(`192.0.2.1\n${'9'.repeat(10_000)}\n`), /line 2: a line has more than/u);
  });
});

describe('whose data it is', () => {
  it('is told by the name, by the format, and else by nobody', () => {
    assert.equal(creditOf('dbip-city-lite-2026-11.csv.gz').attribution.url, 'https://db-ip.com');
    assert.equal(creditOf('GeoLite2-City x.mmdb').attribution.licence, 'LicenseRef-GeoLite2-EULA');
    assert.equal(creditOf('x.csv', 'ip2location').origin, 'IP2Location LITE');
    assert.equal(creditOf('asn-ipv4.csv').attribution.licence, 'CC-BY-4.0');
    assert.equal(creditOf('table.csv').attribution.licence, 'LicenseRef-operator-supplied');
  });

  it('is of the day in the name, if there is one', () => {
    assert.equal(dateOfName('dbip-city-lite-2026-11.csv.gz'), '2026-11-01');
    assert.equal(dateOfName('GeoLite2-City_20261120.mmdb'), '2026-11-20');
    assert.equal(dateOfName('x-2026-02-31.csv'), undefined);
    assert.equal(dateOfName('asn-ipv4.csv'), undefined);
    assert.equal(dateOfName('20261332.csv'), undefined);
  });
});
