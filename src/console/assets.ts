/** The pages' static files: read once at the start, served for ever under an address that names their content. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { sha256Base64 } from '../foundation/secret.ts';

export type Encoding = 'br' | 'gzip' | 'identity';

export interface Asset {
  /** `/assets/name.hash.ext`. */
  readonly url: string;
  readonly type: string;
  /** The bytes in an encoding; compressed at the first request for it and kept. */
  read(encoding: Encoding): Promise<Uint8Array>;
}

export interface Assets {
  readonly style: Asset;
  readonly mark: Asset;
  readonly docsScript: Asset;
  readonly viewerScript: Asset;
  readonly viewerStyle: Asset;
  /** Finds a file by the last part of its address. */
  find(file: string): Asset | undefined;
}

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/** Quality 5 is within 15 % of the best ratio at a tenth of its time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

/**
 * A file under an address of its own, whose name has to change with its content.
 * @param source its bytes, or what reads them: for large files that few ask for, of which each thread would keep a copy.
 */
export const assetAt = (url: string, source: Buffer | (() => Promise<Buffer>), type: string): Asset => {
  const encoded: Partial<Record<Encoding, Promise<Uint8Array>>> = {};
  const encode = async (encoding: Encoding): Promise<Uint8Array> => {
    const bytes = typeof source === 'function' ? await source() : source;
    if (encoding === 'br') return compressBrotli(bytes, BROTLI);
    return encoding === 'gzip' ? compressGzip(bytes) : bytes;
  };
  const read = (encoding: Encoding): Promise<Uint8Array> =>
    (encoded[encoding] ??= encode(encoding).catch((error: unknown) => {
      // What could not be read now may be readable later.
      delete encoded[encoding];
      throw error;
    }));
  return { url, type, read };
};

const createAsset = (path: string, name: string, type: string): Asset => {
  const text = readFileSync(path, 'utf8');
  const dot = name.lastIndexOf('.');
  const digest = sha256Base64(text).replace(/[+/=]/g, '').slice(0, 12);
  return assetAt(`/assets/${name.slice(0, dot)}.${digest}${name.slice(dot)}`, Buffer.from(text), type);
};

const own = (name: string): string => join(import.meta.dirname, 'assets', name);

export const SCRIPT = 'text/javascript; charset=utf-8';
export const STYLE = 'text/css; charset=utf-8';

/**
 * Reads our own files and the viewer's, about 2 MB.
 * The viewer is Swagger UI's build as it lies in `swagger-ui-dist`; the install-time telemetry that this package depends
 * on is replaced by an empty package in our package.json.
 * @throws when the package is not installed.
 */
export const loadAssets = (): Assets => {
  const viewerPackage = createRequire(import.meta.url).resolve('swagger-ui-dist/package.json');
  const viewer = (name: string): string => join(dirname(viewerPackage), name);
  const assets = {
    style: createAsset(own('site.css'), 'site.css', STYLE),
    mark: createAsset(own('mark.svg'), 'mark.svg', 'image/svg+xml'),
    docsScript: createAsset(own('docs.js'), 'docs.js', SCRIPT),
    viewerScript: createAsset(viewer('swagger-ui-bundle.js'), 'viewer.js', SCRIPT),
    viewerStyle: createAsset(viewer('swagger-ui.css'), 'viewer.css', STYLE),
  };
  const byFile = new Map(Object.values(assets).map((asset) => [asset.url.slice('/assets/'.length), asset]));
  return { ...assets, find: (file) => byFile.get(file) };
};

/** The best encoding that an `Accept-Encoding` header allows (RFC 9110 §12.5.3), of the two that we make. */
export const chooseEncoding = (header: string | undefined): Encoding => {
  const accepted = new Set<string>();
  for (const part of (header ?? '').slice(0, 256).toLowerCase().split(',')) {
    const [coding = '', weight = ''] = part.split(';').map((piece) => piece.trim());
    if (!/^q=0(?:\.0*)?$/.test(weight)) accepted.add(coding);
  }
  if (accepted.has('br')) return 'br';
  return accepted.has('gzip') ? 'gzip' : 'identity';
};
