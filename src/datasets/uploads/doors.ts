/** The two doors to uploads: members come in by their company, keys by themselves. What lies behind is one and the same. */
import { z, type ZodType } from 'zod';
import type { CompanyId, UploadId } from '../../foundation/ids.ts';
import type { AnyRoute } from '../../http/route.ts';
import { keyLoadSchema, loadSchema } from './schemas.ts';
import { KEYS_ACCESS, MEMBERS_ACCESS } from './uploader.ts';

export interface Door {
  /** Of the collection; an upload is one segment below. */
  readonly path: string;
  readonly access: typeof MEMBERS_ACCESS | typeof KEYS_ACCESS;
  /** Names in the path besides the upload's. */
  readonly params: Readonly<Record<string, ZodType>>;
  /** Units that a request costs. */
  readonly cost: number;
  /** What an endpoint is called here. */
  readonly nameOf: (operation: string) => string;
  /** Whose uploads are seen here, in a sentence. */
  readonly whose: string;
  readonly loadSchema: ZodType<z.output<typeof loadSchema>>;
  /** Where an upload is found afterwards. */
  readonly locationOf: (company: CompanyId, upload: UploadId) => string;
}

const OF_COMPANY = '/v1/companies/:company/dataset-uploads';
const OF_KEY = '/v1/dataset-uploads';

/** For people who have signed in. */
export const MEMBERS_DOOR: Door = {
  path: OF_COMPANY,
  access: MEMBERS_ACCESS,
  params: { company: z.string() },
  cost: 0,
  nameOf: (operation) => operation,
  whose: 'Your own; nobody else sees them.',
  loadSchema,
  locationOf: (company, upload) => `${OF_COMPANY.replace(':company', company)}/${upload}`,
};

/** For programs. Each request costs one unit, however many bytes it brings. */
export const KEYS_DOOR: Door = {
  path: OF_KEY,
  access: KEYS_ACCESS,
  params: {},
  cost: 1,
  nameOf: (operation) => `${operation}ByKey`,
  whose: 'Those of this key; no other key and no member sees them, and they end with it.',
  loadSchema: keyLoadSchema,
  locationOf: (_company, upload) => `${OF_KEY}/${upload}`,
};

/** The routes as their door has them pay; what endpoints for members cost is said nowhere else. */
export const through = ({ cost }: Door, routes: readonly AnyRoute[]): readonly AnyRoute[] =>
  routes.map((route) => ({ ...route, cost }));
