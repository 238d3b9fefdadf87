/** Files whose address names their content: compressed as the browser likes it, and kept for ever. */
import { defineRoute, type AnyRoute } from '../http/route.ts';
import { chooseEncoding, type Asset, type Encoding } from './assets.ts';
import { assetNotFound } from './problems.ts';

export interface AssetPlace {
  readonly operation: string;
  /** Ends in `/:file`. */
  readonly path: string;
  /** Why it is public. */
  readonly why: string;
  readonly summary: string;
  readonly find: (file: string) => Asset | undefined;
}

interface AssetInput {
  readonly file: string;
  readonly encoding: Encoding;
}

/** The route of a folder of such files. @throws asset_not_found (404) */
export const assetRoute = ({ operation, path, why, summary, find }: AssetPlace): AnyRoute =>
  defineRoute<AssetInput>({
    operation,
    method: 'GET',
    path,
    access: { public: why },
    cost: 0,
    overPlainHttp: 'redirect',
    docs: {
      summary,
      description: 'The address names the content; it never changes and may be kept for ever.',
      tag: 'Pages',
      query: {},
      replies: {
        200: { description: 'The file', type: 'application/octet-stream' },
        404: { description: 'No such file in this version', type: 'application/problem+json' },
      },
    },
    parse: (request) => ({
      file: request.params['file'] ?? '',
      encoding: chooseEncoding(request.exposeHeader('accept-encoding')),
    }),
    handle: async ({ file, encoding }) => {
      const asset = find(file);
      if (asset === undefined) throw assetNotFound();
      return {
        status: 200,
        headers: {
          'content-type': asset.type,
          'cache-control': 'public, max-age=31536000, immutable',
          vary: 'accept-encoding',
          ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
        },
        body: await asset.read(encoding),
      };
    },
  });
