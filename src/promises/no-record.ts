/** The promise that nothing of a query is kept, tested with marked requests whose traces are then looked for. */
import type { PromiseDefinition } from '../foundation/promise.ts';
import type { Secret } from '../foundation/secret.ts';
import type { SeenAnswer } from '../http/promises.ts';
import { digestForms, freshLoopbackAddress, freshMark, traceForms } from './marks.ts';
import type { Probe, ProbeRequest } from './probe.ts';
import { canComeFrom, createTraceSearch, markedFields, type TraceSearchOptions } from './trace-search.ts';

/** How to ask marked requests, and everywhere that a trace could lie. */
export interface NoRecordOptions extends TraceSearchOptions {
  readonly probe: Pick<Probe, 'send' | 'sendRaw'>;
  /** A key that works. */
  readonly key: () => Promise<Secret>;
  /** Path of an operation that takes `q` and a key. */
  readonly keyedPath: string;
  /** Resolves when everything counted so far is in the database. */
  readonly settle: () => Promise<void>;
}

/** One request with a mark in every place that a caller fills, but for the key. */
const marked = (mark: string, path: string, headers: Readonly<Record<string, string>>): ProbeRequest => ({
  path: `${path}${path.includes('?') ? '&' : '?'}q=${mark}q&marked=${mark}p`,
  headers: {
    ...markedFields(mark),
    ...headers,
  },
});

/** Sends what a stranger, a mistaken and a rightful caller would send; returns the number of requests. */
const sendMarked = async (
  options: NoRecordOptions,
  mark: string,
  from: string | undefined,
): Promise<number> => {
  const { probe, keyedPath } = options;
  const key = (await options.key()).expose();
  const origin = from === undefined ? {} : { from };
  const send = (path: string, headers: Readonly<Record<string, string>>): Promise<SeenAnswer> =>
    probe.send({ ...marked(mark, path, headers), ...origin });
  const withKey = { 'x-api-key': key };
  const answered = await send(keyedPath, withKey);
  // Without one answered query, the search would prove nothing about answered queries.
  if (answered.status !== 200) throw new Error('the marked query was not answered');
  await send(keyedPath, { authorization: `Bearer ${mark}` });
  await send(`${keyedPath}?limit=${mark}`, withKey);
  await send(`${keyedPath}?q=%ff${mark}`, withKey);
  await send(`/${mark}/nowhere`, {});
  await send(`/v1/${mark}`, withKey);
  const head = `GET ${keyedPath}?q=${mark}&key=${mark} HTTP/1.1\r\nhost: localhost\r\nuser-agent: ${mark}\r\n`;
  const close = 'connection: close\r\n\r\n';
  await probe.sendRaw(`${head}broken header ${mark}\r\n\r\n`, origin);
  await probe.sendRaw(`${head}x-api-key: ${key}\r\n${close}`, { ...origin, abort: true });
  return 8;
};

/** No address, query, answer or header is kept: not in the log, not in the database, not in any file. */
export const nothingOfAQueryKept = (options: NoRecordOptions): PromiseDefinition => {
  // The same in every run, so that a trace that is written late is found by a later run.
  const mark = freshMark();
  const address = freshLoopbackAddress();
  const traces = [
    ...traceForms(mark),
    ...traceForms(address),
    ...digestForms(`${mark}q`),
    ...digestForms(address),
  ];
  const search = createTraceSearch(options);

  return {
    id: 'nothing-of-a-query-kept',
    kind: 'canary-tested',
    sentence: () =>
      'Nothing is kept of what is asked, from which address, or with which program: not in a table, not in a log, not in a file. There is one exception, which is off: what is asked stands in the request log of a project whose owner or admin has turned it on and ticked that as well; where from and with which program stands nowhere.',
    enforcedBy:
      'Addresses and queries travel in a wrapper that prints as [redacted]; the log of the server takes fields from a fixed list; the schema has no column for addresses and programs, and one for queries, which the database fills only for projects that log them.',
    check: async () => {
      search.begin();
      const key = await options.key();
      const from = (await canComeFrom(options.probe, address)) ? address : undefined;
      const sent = await sendMarked(options, mark, from);
      await options.settle();
      const secret = traceForms(key.expose().slice('vs_sk_live_'.length));
      const { isClean, told } = await search.look([...traces, ...secret]);
      if (!isClean) return { state: 'broken', evidence: told };
      return {
        state: 'kept',
        evidence: `${sent} marked requests were sent (answered, refused, malformed, aborted). ${told}`,
      };
    },
  };
};
