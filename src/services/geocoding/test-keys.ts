/**
 * The contract's published test keys, with which its clients' own tests are written: each brings one status about, and
 * touches neither the database nor a quota (reference: OpenCage's documentation and the tests of its PHP client).
 */
import { Problem } from '../../foundation/problem.ts';
import type { Reply, Request } from '../../http/route.ts';
import { NOWHERE, type AnswerContext } from './answer.ts';
import { replyHeaders, type Envelope, type ResultModel } from './envelope.ts';
import { mediaTypeOf, writeForm, type Format } from './formats.ts';
import { parseGeocodeCall, type GeocodeCall } from './parameters.ts';

/** Answers 200 with one and the same address. */
export const OK_KEY = '6d0e711d72d74daeb2b0bfd2a5cdfdba';

const REFUSALS: ReadonlyMap<string, () => Problem> = new Map([
  ['4372eff77b8343cebfc843eb4da4ddc4', () => new Problem(402, 'quota_exceeded', 'Quota exceeded')],
  ['2e10e5e828262eb243ec0b54681d699a', () => new Problem(403, 'key_disabled', 'This key is disabled')],
  [
    '6c79ee8e1ca44ad58ad1fc493ba9542f',
    () => new Problem(403, 'address_rejected', 'This address may not use the key'),
  ],
  ['d6d0f0065f4348a4bdfe4587ba02714b', () => new Problem(429, 'rate_limited', 'Too many requests')],
]);

/** The address that the contract's key answers with, whatever is asked for. */
const ADDRESS = {
  point: { lat: 51.952_662_2, lng: 7.632_470_9 },
  components: {
    _category: 'building',
    _normalized_city: 'Münster',
    _type: 'building',
    city: 'Münster',
    house_number: '7',
    postcode: '48153',
    road: 'Friedrich-Ebert-Straße',
  },
  bounds: {
    northeast: { lat: 51.952_712_2, lng: 7.632_520_9 },
    southwest: { lat: 51.952_612_2, lng: 7.632_420_9 },
  },
} as const;

const PLACE_KEYS = new Set(['town', 'village', 'suburb']);

const sorted = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** The address, with what the gazetteer says of where it stands (country, state, annotations). */
const addressAt = ({ distance_from_q: _none, ...place }: ResultModel): ResultModel => {
  const around = Object.entries(place.components).filter(([name]) => !PLACE_KEYS.has(name));
  const components = sorted({ ...Object.fromEntries(around), ...ADDRESS.components });
  const country = typeof components['country'] === 'string' ? components['country'] : 'Germany';
  return {
    ...place,
    bounds: ADDRESS.bounds,
    components,
    confidence: 10,
    formatted: `Friedrich-Ebert-Straße 7, 48153 Münster, ${country}`,
    geometry: ADDRESS.point,
  };
};

type Answer = (call: GeocodeCall, context: AnswerContext) => Reply;

/** A rehearsal of a request: what is to be answered, or undefined for requests with another key or none. */
export type Rehearse = (request: Request) => ((now: number) => Reply) | undefined;

/** Makes the rehearsal of the routes of one format. @param answer the service's own, which looks the place up. */
export const createRehearsal = (answer: Answer, format: Format): Rehearse => {
  const succeed = (request: Request, now: number): Reply => {
    const call = parseGeocodeCall(request, format);
    const isNowhere = !('lat' in call.asked) && call.asked.text === NOWHERE;
    const form = { format: 'json', pretty: false, callback: undefined } as const;
    const asked = isNowhere ? call.asked : ADDRESS.point;
    const reply = answer({ ...call, asked, form, minConfidence: 0 }, { now, quota: undefined });
    const envelope = JSON.parse(Buffer.from(reply.body as string, 'latin1').toString()) as Envelope;
    const results = envelope.results.map(addressAt);
    const { headers } = replyHeaders(undefined, mediaTypeOf(call.form));
    return {
      status: 200,
      // The key is everybody's, and so is the answer.
      headers: { ...headers, 'access-control-allow-origin': '*' },
      body: writeForm({ ...envelope, results }, call.form),
    };
  };

  return (request) => {
    const { values, duplicated } = request.query.expose();
    const key = values.get('key');
    if (key?.length !== OK_KEY.length || duplicated.has('key')) return undefined;
    if (key === OK_KEY) return (now) => succeed(request, now);
    const refusal = REFUSALS.get(key);
    if (refusal === undefined) return undefined;
    return () => {
      throw refusal();
    };
  };
};
