/** The geocoder's routes without a server around them, and what the published contract says of answers. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { systemClock } from '../../src/foundation/clock.ts';
import { Problem } from '../../src/foundation/problem.ts';
import type { AnyRoute, Reply } from '../../src/http/route.ts';
import type { Format } from '../../src/services/geocoding/formats.ts';
import { geocodingRoutes } from '../../src/services/geocoding/routes.ts';
import { createAtlasHolder } from '../../src/services/geocoding/atlas-holder.ts';
import type { Extract } from '../../src/services/geocoding/extract/extract.ts';
import { openTestGazetteer, requestOf } from './gazetteer.ts';
import { contextOf } from './request.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const DESCRIPTION = new URL('../../../shared/data/opencage/openapi.yaml', import.meta.url);

/** Results as clients read them. */
export interface Results {
  readonly results: readonly {
    readonly components: Readonly<Record<string, string>>;
    readonly geometry: { readonly lat: number; readonly lng: number };
    readonly formatted: string;
    readonly confidence: number;
  }[];
  readonly total_results: number;
}

export interface Contract {
  readonly routes: readonly AnyRoute[];
  /** What the pipeline does with a request of an identified caller, or of one with a test key. */
  ask(path: string, search: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  inFormat(format: Format, search: string): Promise<Reply>;
  json(search: string): Promise<Results>;
  /** Holds a value to a schema of the published description; to nothing where that does not lie beside this project. */
  holdTo(schema: 'Response' | 'GetGeojson200ResponseBody', value: unknown): void;
}

/** The text of an answer. */
export const textOf = ({ body, isBytes }: Reply): string => {
  assert.equal(typeof body, 'string');
  return isBytes === true ? Buffer.from(String(body), 'latin1').toString() : String(body);
};

const validators = async (): Promise<((name: string) => ValidateFunction) | undefined> => {
  if (!existsSync(DESCRIPTION)) return undefined;
  const { parse } = (await import('yaml')) as { parse: (text: string) => object };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...parse(readFileSync(DESCRIPTION, 'utf8')), $id: 'https://contract.example/openapi' });
  const known = new Map<string, ValidateFunction>();
  return (name) => {
    const validate =
      known.get(name) ??
      ajv.compile({ $ref: `https://contract.example/openapi#/components/schemas/${name}` });
    known.set(name, validate);
    return validate;
  };
};

/** Opens the gazetteer of tests, and extracts beside it; test keys are on. */
export const openContract = async (extracts: readonly Extract[] = []): Promise<Contract> => {
  const atlas = createAtlasHolder({ base: await openTestGazetteer(), extracts });
  const parts = { atlas, publicUrl: 'https://geo.example', clock: systemClock };
  const routes = geocodingRoutes({ ...parts, testKeys: true });
  const validatorOf = await validators();

  const ask: Contract['ask'] = async (path, search, headers = {}) => {
    const route = routes.find((candidate) => candidate.path === path);
    assert.ok(route);
    const request = requestOf(search, headers, path);
    try {
      const rehearsed = route.rehearsal?.(request);
      if (rehearsed !== undefined) return rehearsed(NOW);
      return await route.handle(route.parse(request), contextOf(request, { now: NOW }));
    } catch (error) {
      if (!(error instanceof Problem) || route.errors === undefined) throw error;
      return route.errors(error, { now: NOW, quota: undefined, request });
    }
  };
  const inFormat: Contract['inFormat'] = (format, search) => ask(`/geocode/v1/${format}`, search);

  return {
    routes,
    ask,
    inFormat,
    json: async (search) => JSON.parse(textOf(await inFormat('json', search))) as Results,
    holdTo: (name, value) => {
      const validate = validatorOf?.(name);
      if (validate !== undefined) assert.ok(validate(value), JSON.stringify(validate.errors));
    },
  };
};
