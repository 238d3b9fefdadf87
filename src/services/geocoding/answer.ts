import type { QuotaState } from '../../foundation/caller.ts';
import type { Reply } from '../../http/route.ts';
import { createTimestamps, envelopeTexts, rateText, replyHeaders, type Envelope } from './envelope.ts';
import { isPlain, mediaTypeOf, writeForm } from './formats.ts';
import type { Gazetteer } from './gazetteer.ts';
import { createJsonWriter } from './json-writer.ts';
import { createLanguages } from './languages.ts';
import { MOST_RESULTS, type GeocodeCall, type RequestEcho } from './parameters.ts';
import type { ForwardQuery, Point } from './request.ts';
import { createResultWriter, MOST_RESULT_BYTES, type Look } from './render.ts';

/** Bytes that the rate, the timestamp and the names of members take at most. */
const SMALL_PARTS = 512;

/** The first six characters of a key, and stars for the rest: enough to tell one's keys apart. */
const maskKey = (key: string): string =>
  key.slice(0, 6) + '*'.repeat(Math.min(64, Math.max(0, key.length - 6)));

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
  gazetteer: Gazetteer,
  publicUrl: string,
): ((call: GeocodeCall, context: AnswerContext) => Reply) => {
  const writer = createJsonWriter();
  const results = createResultWriter(gazetteer);
  const languages = createLanguages(gazetteer.countries);
  const timestampAt = createTimestamps();
  const { head, tail } = envelopeTexts(publicUrl);
  const opening = Buffer.from(head);
  const closing = Buffer.from(`],"status":{"code":200,"message":"OK"}${tail}`);

  const begin = ({ quota }: AnswerContext, echo: RequestEcho | undefined): void => {
    const request = echo === undefined ? undefined : Buffer.from(requestText(echo));
    writer.begin();
    writer.room(opening.length + (request?.length ?? 0) + SMALL_PARTS);
    writer.copy(opening, 0, opening.length);
    if (quota !== undefined) writer.ascii(rateText(quota));
    if (request !== undefined) writer.copy(request, 0, request.length);
    writer.ascii(',"results":[');
  };

  const end = (count: number, now: number): Buffer => {
    writer.room(closing.length + SMALL_PARTS);
    writer.copy(closing, 0, closing.length);
    writer.ascii(timestampAt(now));
    writer.ascii(',"total_results":');
    writer.integer(count);
    writer.ascii('}');
    return writer.end();
  };

  const writeReverse = (point: Point, call: GeocodeCall, context: AnswerContext, look: Look): Buffer => {
    const hit = gazetteer.reverse(point.lat, point.lng);
    begin(context, call.echo);
    if (hit === undefined || gazetteer.records.confidence(hit.id) < call.minConfidence)
      return end(0, context.now);
    writer.room(MOST_RESULT_BYTES);
    results.write(writer, hit.id, look, hit.metres);
    return end(1, context.now);
  };

  /** The limit counts only results that are sure enough, so more are looked for where some are not wanted. */
  const findAll = (query: ForwardQuery, least: number): readonly number[] => {
    if (query.text === NOWHERE) return [];
    if (least === 0) return gazetteer.forward(query);
    return gazetteer
      .forward({ ...query, limit: MOST_RESULTS })
      .filter((id) => gazetteer.records.confidence(id) >= least)
      .slice(0, query.limit);
  };

  const writeForward = (
    query: ForwardQuery,
    call: GeocodeCall,
    context: AnswerContext,
    look: Look,
  ): Buffer => {
    const found = findAll(query, call.minConfidence);
    begin(context, call.echo);
    for (let index = 0; index < found.length; index++) {
      writer.room(MOST_RESULT_BYTES);
      if (index > 0) writer.ascii(',');
      results.write(writer, found[index] as number, look, undefined);
    }
    return end(found.length, context.now);
  };

  return (call, context) => {
    const look: Look = {
      texts: languages.choose(call.language, call.acceptLanguage),
      abbreviate: call.abbreviate,
      annotations: call.annotations,
      now: context.now,
    };
    const { asked } = call;
    const bytes =
      'lat' in asked ? writeReverse(asked, call, context, look) : writeForward(asked, call, context, look);
    const { form } = call;
    if (isPlain(form))
      return { status: 200, ...replyHeaders(context.quota), body: bytes.toString('latin1'), isBytes: true };
    const headers = replyHeaders(context.quota, mediaTypeOf(form));
    return { status: 200, ...headers, body: writeForm(JSON.parse(bytes.toString()) as Envelope, form) };
  };
};
