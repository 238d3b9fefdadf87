import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { assetAt, chooseEncoding, loadAssets } from './assets.ts';

describe('loadAssets', () => {
  const assets = loadAssets();
  const files = [assets.style, assets.mark, assets.docsScript, assets.viewerScript, assets.viewerStyle];

  it('names every file after its content and finds it by that name', () => {
    for (const asset of files) {
      assert.match(asset.url, /^\/assets\/[a-z]+\.[A-Za-z0-9]{12}\.(?:css|js|svg)$/);
      assert.equal(assets.find(asset.url.slice('/assets/'.length)), asset);
    }
    assert.equal(new Set(files.map((asset) => asset.url)).size, files.length);
  });

  it('finds nothing by any other name', () => {
    for (const name of ['', 'site.css', '../assets.ts', '..%2fassets.ts', '__proto__', 'constructor']) {
      assert.equal(assets.find(name), undefined, name);
    }
  });

  it('gives the same bytes in every encoding', async () => {
    for (const asset of files) {
      const plain = Buffer.from(await asset.read('identity'));
      assert.ok(plain.length > 0);
      assert.deepEqual(brotliDecompressSync(await asset.read('br')), plain);
      assert.deepEqual(gunzipSync(await asset.read('gzip')), plain);
    }
  });

  it('holds no address of another host that a style sheet could load from', async () => {
    for (const asset of [assets.style, assets.viewerStyle]) {
      const text = Buffer.from(await asset.read('identity')).toString();
      assert.doesNotMatch(text, /@import|url\(\s*["']?(?:https?:)?\/\//);
    }
  });
});

describe('a file that is read when it is asked for', () => {
  it('is read once for each encoding, however many ask', async () => {
    let reads = 0;
    const asset = assetAt('/a.json', () => Promise.resolve(Buffer.from(`{"reads":${(reads += 1)}}`)), 'x');
    assert.equal(reads, 0);
    const [one, two] = await Promise.all([asset.read('gzip'), asset.read('gzip')]);
    assert.equal(one, two);
    assert.equal(gunzipSync(one).toString(), '{"reads":1}');
    assert.equal(Buffer.from(await asset.read('identity')).toString(), '{"reads":2}');
  });

  it('is tried again where it could not be read', async () => {
    let isThere = false;
    const asset = assetAt(
      '/a.json',
      () => (isThere ? Promise.resolve(Buffer.from('x')) : Promise.reject(new Error('not there'))),
      'x',
    );
    await assert.rejects(asset.read('br'), /not there/);
    isThere = true;
    assert.equal(brotliDecompressSync(await asset.read('br')).toString(), 'x');
  });
});

describe('chooseEncoding', () => {
  it('prefers Brotli, then gzip, and sends the bytes as they are where neither is allowed', () => {
    assert.equal(chooseEncoding('gzip, deflate, br, zstd'), 'br');
    assert.equal(chooseEncoding('GZIP;q=0.5'), 'gzip');
    assert.equal(chooseEncoding('br;q=0, gzip;q=0.0, *'), 'identity');
    assert.equal(chooseEncoding(''), 'identity');
    assert.equal(chooseEncoding(undefined), 'identity');
  });
});
