import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ImportError } from '../../gazetteer/import/import-error.ts';
import { formatOf } from './formats.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-formats-'));
after(() => rmSync(folder, { recursive: true }));

const put = (name: string, bytes: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const tabs = (count: number): string =>
  `${Array.from({ length: count + 1 }, (_, i) => `f${i}`).join('\t')}\n`;

describe('the format of a file', () => {
  it('is told by what it holds, whatever it is called', async () => {
    const pbf = Buffer.concat([Buffer.from([0, 0, 0, 13, 10, 9]), Buffer.from('OSMHeader\u0018\u007c')]);
    const cases: readonly [string, string | Buffer, string][] = [
      ['a.bin', pbf, 'osm'],
      ['b.txt', 'LON,LAT,NUMBER,STREET\r\n1,2,3,x\r\n', 'openaddresses'],
      ['c.txt', '\uFEFFhash,number,street,lon,lat\n', 'openaddresses'],
      ['d.txt', '{"type":"Feature","properties":{}}\n', 'openaddresses'],
      ['e.csv', tabs(18), 'geonames'],
      ['f.csv', tabs(11), 'geonames-postcodes'],
      ['g.csv', tabs(3), 'geonames'],
      ['h.csv', tabs(9), 'geonames'],
      ['i.gz', gzipSync(tabs(11)), 'geonames-postcodes'],
    ];
    for (const [name, bytes, format] of cases)
      assert.equal(await formatOf(put(name, bytes), undefined), format, name);
  });

  it('is told by the name where the beginning is damaged, and by the operator before all', async () => {
    assert.equal(await formatOf(put('x.osm.pbf', 'garbage'), undefined), 'osm');
    assert.equal(await formatOf(put('cities500.txt', 'garbage'), undefined), 'geonames');
    assert.equal(await formatOf(put('y.bin', 'garbage'), 'openaddresses'), 'openaddresses');
  });

  it('is refused with what to do where nothing tells it, and where there is no such file', async () => {
    const refused = async (path: string, said: RegExp): Promise<void> => {
      await assert.rejects(formatOf(path, undefined), (error: unknown) => {
        assert.ok(error instanceof ImportError);
        assert.match(error.message, said);
        return true;
      });
    };
    await refused(put('z.bin', 'garbage'), /--format/u);
    await refused(put('map.osm', '<?xml version="1.0"?><osm version="0.6">'), /osmium cat/u);
    await refused(join(folder, 'nowhere.pbf'), /no such file/u);
  });
});
