import type { QuotaState } from '../../foundation/caller.ts';
import type { Reply } from '../../http/route.ts';
import type { Atlas } from './atlas.ts';
import { writersOf } from './base-writers.ts';
import { COUNTY, NONE } from './entity.ts';
import { createTimestamps, envelopeTexts, replyHeaders, writeRate, type Envelope } from './envelope.ts';
import { openAddressWriter, type AddressLook } from './extract/render-address.ts';
import { isPlain, mediaTypeOf, writeForm } from './formats.ts';
import { createJsonWriter } from './json-writer.ts';
import { createLookup, type Hit } from './lookup.ts';
import { type GeocodeCall, type RequestEcho } from './parameters.ts';
import type { ForwardQuery, Point } from './request.ts';
import { MOST_RESULT_BYTES } from './render.ts';

/** Bytes that the rate, the timestamp and the names of members take at most. */
const SMALL_PARTS = 512;

/** The first six characters of a key, and stars for the rest: enough to tell one's keys apart. */
const maskKey = (key: string): string =>
  key.slice(0, 6) + '*'.repeat(Math.min(64, Math.max(0, key.length - 6)));

const RESULTS = Buffer.from(',"results":[');

const flag = (value: boolean): number => (value ? 1 : 0);

/** The `request` member, with its comma. Echoes what the caller itself sent, and only to that caller. */
const requestText = (echo: RequestEcho): string =>
  `,"request":${JSON.stringify({
    abbrv: flag(echo.abbrv),
    add_request: 1,
    address_only: flag(echo.addressOnly),
    format: echo.format,
    ...(echo.key === undefined ? {} : { key: maskKey(echo.key.slice(0, 100)) }),
    language: echo.language.slice(0, 40),
    limit: echo.limit,
    min_confidence: echo.minConfidence,
    no_annotations: flag(echo.noAnnotations),
    no_dedupe: flag(echo.noDedupe),
    no_record: flag(echo.noRecord),
    pretty: flag(echo.pretty),
    query: echo.query,
    version: 'v1',
  })}`;

/** The contract's query that finds nothing, however much is forgiven. */
export const NOWHERE = 'NOWHERE-INTERESTING';

/** What an answer depends on besides the call. */
export interface AnswerContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly quota: QuotaState | undefined;
}

/**
 * Makes the function that looks a call up and writes its answer, in one go from words to bytes.
 * One is made for each thread; it is synchronous, and a second call only begins when the first is done.
 */
export const createAnswer = (
  atlas: Atlas,
  publicUrl: string,
): ((call: GeocodeCall, context: AnswerContext) => Reply) => {
  const writer = createJsonWriter();
  const gazetteer = atlas.base;
  const { results, languages } = writersOf(atlas);
  const lookup = createLookup(atlas);
  const addresses = openAddressWriter(atlas);
  const timestampAt = createTimestamps();
  const { head, tail } = envelopeTexts(publicUrl);
  const opening = Buffer.from(head);
  let timestamp = '';
  /** From the end of the results to their number; anew each second. */
  let closing = Buffer.alloc(0);

  const begin = ({ quota }: AnswerContext, echo: RequestEcho | undefined): void => {
    const request = echo === undefined ? undefined : Buffer.from(requestText(echo));
    writer.begin();
    writer.room(opening.length + (request?.length ?? 0) + SMALL_PARTS);
    writer.put(opening);
    if (quota !== undefined) writeRate(writer, quota);
    if (request !== undefined) writer.put(request);
    writer.put(RESULTS);
  };

  const end = (count: number, now: number): Buffer => {
    const text = timestampAt(now);
    if (text !== timestamp) {
      timestamp = text;
      closing = Buffer.from(`],"status":{"code":200,"message":"OK"}${tail}${text},"total_results":`);
    }
    writer.room(closing.length + SMALL_PARTS);
    writer.put(closing);
    writer.integer(count);
    writer.ascii('}');
    return writer.end();
  };

  const writeReverse = (
    { lat, lng }: Point,
    call: GeocodeCall,
    context: AnswerContext,
    look: AddressLook,
  ): Buffer => {
    const address = atlas.extracts.length === 0 ? undefined : lookup.reverse(lat, lng);
    begin(context, call.echo);
    if (address !== undefined && lookup.confidence(address) >= call.minConfidence) {
      addresses.write(writer, address, look);
      return end(1, context.now);
    }
    const hit = gazetteer.reverse(lat, lng);
    if (hit === undefined || gazetteer.records.confidence(hit.id) < call.minConfidence)
      return end(0, context.now);
    const { country, type } = gazetteer.records;
    const postcode = type(hit.id) > COUNTY ? gazetteer.postcodeAt(lat, lng, country(hit.id)) : NONE;
    writer.room(MOST_RESULT_BYTES);
    results.write(writer, hit.id, look, hit.metres, postcode);
    return end(1, context.now);
  };

  const writeHit = (hit: Hit, look: AddressLook): void => {
    if (typeof hit !== 'number') {
      addresses.write(writer, hit, look);
      return;
    }
    writer.room(MOST_RESULT_BYTES);
    results.write(writer, hit, look, undefined);
  };

  const writeForward = (
    query: ForwardQuery,
    call: GeocodeCall,
    context: AnswerContext,
    look: AddressLook,
  ): Buffer => {
    const wanted = query.isPrefix === true ? { ...query, namedIn: look.texts } : query;
    const found = query.text === NOWHERE ? [] : lookup.forward(wanted, call.minConfidence);
    begin(context, call.echo);
    for (let index = 0; index < found.length; index++) {
      writer.room(1);
      if (index > 0) writer.ascii(',');
      writeHit(found[index] as Hit, look);
    }
    return end(found.length, context.now);
  };

  return (call, context) => {
    const look: AddressLook = {
      texts: languages.choose(call.language, call.acceptLanguage),
      abbreviate: call.abbreviate,
      addressOnly: call.addressOnly,
      annotations: call.annotations,
      now: context.now,
    };
    const { asked } = call;
    const bytes =
      'lat' in asked ? writeReverse(asked, call, context, look) : writeForward(asked, call, context, look);
    const { form } = call;
    if (isPlain(form)) {
      // One string of bytes, which goes out in one write together with the head.
      const body = bytes.toString('latin1');
      return { status: 200, ...replyHeaders(context.quota), body, isBytes: true };
    }
    const headers = replyHeaders(context.quota, mediaTypeOf(form));
    return { status: 200, ...headers, body: writeForm(JSON.parse(bytes.toString()) as Envelope, form) };
  };
};
