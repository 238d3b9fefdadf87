/** The promise that nothing of a visitor is kept, tested with marked visitors whose traces are then looked for. */
import type { PromiseDefinition } from '../foundation/promise.ts';
import type { Secret } from '../foundation/secret.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import type { SeenAnswer } from '../http/promises.ts';
import { CANARY_DOMAIN } from './canary.ts';
import { digestForms, freshLoopbackAddress, freshMark, traceForms } from './marks.ts';
import type { Probe } from './probe.ts';
import { canComeFrom, createTraceSearch, markedFields, type TraceSearchOptions } from './trace-search.ts';

/** How to visit, and everywhere that a trace could lie. */
export interface VisitorsOptions extends TraceSearchOptions {
  readonly probe: Pick<Probe, 'send' | 'sendRaw'>;
  /** A key that may ask about visitors. */
  readonly key: () => Promise<Secret>;
  /** The id of a project without domains. */
  readonly project: () => Promise<string>;
  /** The id of one that the pages below `CANARY_DOMAIN` may ask. */
  readonly pages: () => Promise<string>;
  /** Resolves when everything counted so far is in the database. */
  readonly settle: () => Promise<void>;
}

/** An address like no other that is asked about: of the public ones, with three digits in each part. */
const freshAddress = (): string =>
  [1, 2, 3, 4].map(() => 100 + ((randomSecretBytes(1)[0] ?? 0) % 90)).join('.');

/** A browser that nobody else has, with the model of a telephone that rules copy into the answer. */
const agentOf = (mark: string): string =>
  `Mozilla/5.0 (Linux; Android 13; SM-${mark}) AppleWebKit/537.36 (${mark}a) Chrome/116.0.5845.163 Mobile Safari/537.36`;

interface Visit {
  readonly mark: string;
  /** What a server asks about. */
  readonly asked: string;
  readonly from: string | undefined;
}

/** Visits in every way, and is refused in every way that a stranger can bring about; returns the number of requests. */
const visit = async (options: VisitorsOptions, { mark, asked, from }: Visit): Promise<number> => {
  const { probe } = options;
  const key = (await options.key()).expose();
  const project = await options.project();
  const pages = await options.pages();
  const origin = from === undefined ? {} : { from };
  const { origin: page = '', referer: _referer, ...rest } = markedFields(mark);
  const fields = { ...rest, 'user-agent': agentOf(mark), 'sec-ch-ua-model': `"${mark}h"` };
  const send = (path: string, headers: Readonly<Record<string, string>>): Promise<SeenAnswer> =>
    probe.send({ path, headers: { ...fields, ...headers }, ...origin });
  const withKey = { 'x-api-key': key };
  const onPage = {
    origin: `https://${mark}s.${CANARY_DOMAIN}`,
    referer: `https://${mark}s.${CANARY_DOMAIN}/${mark}?${mark}=1`,
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'cors',
  };
  const answered = [
    await send(`/api/?marked=${mark}`, withKey),
    await send('/v1/visitor', withKey),
    await send(`/v1/visitor/${asked}`, withKey),
    await send(`/api/?pid=${pages}&marked=${mark}`, onPage),
    await send(`/v1/visitor?pid=${pages}&marked=${mark}`, onPage),
  ];
  // Without answers, the search would prove nothing about them.
  if (answered.some(({ status }) => status !== 200)) throw new Error('a marked visitor was not answered');
  // No pid, one that there is not, a page whose project has no domain, no address, no key.
  await send(`/api/?nopid=${mark}`, { origin: page });
  await send(`/api/?pid=${mark}`, { origin: page });
  await send(`/api/?pid=${project}&marked=${mark}`, { origin: page, referer: `${page}/${mark}` });
  await send(`/v1/visitor/${mark}`, withKey);
  await send(`/v1/visitor/${asked}`, {});
  const head = `GET /api/?pid=${mark} HTTP/1.1\r\nhost: localhost\r\norigin: ${page}\r\nuser-agent: ${agentOf(mark)}\r\n`;
  await probe.sendRaw(`${head}broken header ${mark}\r\n\r\n`, origin);
  await probe.sendRaw(`${head}x-api-key: ${key}\r\nconnection: close\r\n\r\n`, { ...origin, abort: true });
  return answered.length + 7;
};

/** No address, no page, nothing that a browser says of itself, and nothing of the answer is kept. */
export const visitorsNotKept = (options: VisitorsOptions): PromiseDefinition => {
  // The same in every run, so that a trace that is written late is found by a later run.
  const mark = freshMark();
  const address = freshLoopbackAddress();
  const asked = freshAddress();
  const traces = [
    ...traceForms(mark),
    ...[address, asked].flatMap(traceForms),
    ...[address, asked, agentOf(mark)].flatMap(digestForms),
  ];
  const search = createTraceSearch(options);
  return {
    id: 'visitors-not-kept',
    kind: 'canary-tested',
    sentence: () =>
      'Visitor lookup writes nothing down of a visitor: not the address, not the page, not what the browser says of itself, not what was answered, in no table, log or file. Counted is how many calls a project, its keys and its domains made. A copy may linger in memory until it is reused; what user agents were read as is remembered for ten minutes at most, without the text, and the names of cities and networks that were told for five, without to whom.',
    enforcedBy:
      'The routes say that nothing of their requests may be logged, so that a request log which is on gets a row without any of it; addresses and headers travel in a wrapper that prints as [redacted]; there is no column for them; results are remembered under hashes with a random key of the process, and long names not at all.',
    check: async () => {
      search.begin();
      const from = (await canComeFrom(options.probe, address)) ? address : undefined;
      const sent = await visit(options, { mark, asked, from });
      await options.settle();
      const { isClean, told } = await search.look(traces);
      if (!isClean) return { state: 'broken', evidence: told };
      return {
        state: 'kept',
        evidence: `${sent} requests of a marked visitor were sent (answered to a page and to a server, refused, malformed, aborted; to projects whose request log is off). ${told}`,
      };
    },
  };
};
