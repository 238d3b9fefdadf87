/** The answer of the playground as it came: how it went, and every byte of it. */
import type { ReactElement } from 'react';
import { Badge } from '../../../components/badge.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { nextAfter, parseJson } from './found.ts';
import { JsonTree } from './json-tree.tsx';
import type { Asked } from './use-asking.ts';

const DECIMALS = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });

const sayBytes = (text: string): string => {
  const bytes = new TextEncoder().encode(text).length;
  return bytes < 1000 ? `${bytes} bytes` : `${DECIMALS.format(bytes / 1000)} kB`;
};

/** What the contract says of a refusal. */
const messageIn = (body: string): string | undefined => {
  const answer = parseJson(body) as
    | { readonly status?: { readonly message?: unknown }; readonly error_message?: unknown }
    | undefined;
  const message = answer?.status?.message ?? answer?.error_message;
  if (typeof message === 'string') return message;
  return /<message>([^<]*)<\/message>/.exec(body)?.[1];
};

/** What is copied: JSON with line breaks, anything else as it is. */
const readable = (body: string): string => {
  const value = parseJson(body);
  return value === undefined ? body : JSON.stringify(value, null, 2);
};

const Facts = ({ asked }: { readonly asked: Asked }): ReactElement => {
  const { status, type, body, duration_ms: duration } = asked.tried;
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-quiet">
      <Badge tone={status < 400 ? 'good' : 'bad'}>{`HTTP ${status}`}</Badge>
      <span>{`${DECIMALS.format(duration)} ms on the server`}</span>
      <span>{`${DECIMALS.format(asked.roundTripMs)} ms until it was here`}</span>
      <span>{sayBytes(body)}</span>
      <span>{type.split(';')[0]}</span>
    </p>
  );
};

/** Status, times, size and content. */
export const AnswerView = ({ asked }: { readonly asked: Asked }): ReactElement => {
  const { status, body } = asked.tried;
  const value = parseJson(body);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <Facts asked={asked} />
        <CopyButton text={readable(body)} what="answer" />
      </div>
      {status >= 400 && (
        <Notice tone="bad" title={`The geocoder says: ${messageIn(body) ?? `HTTP ${status}`}`}>
          <p>{nextAfter(status, messageIn(body))}</p>
        </Notice>
      )}
      {value === undefined ? (
        <pre
          // What scrolls has to be reached with keys.
          tabIndex={0}
          aria-label="Answer"
          className="max-h-128 overflow-auto rounded-card border border-line bg-sunken p-3 font-mono text-sm leading-6 whitespace-pre-wrap wrap-anywhere"
        >
          {body}
        </pre>
      ) : (
        <JsonTree key={asked.number} value={value} />
      )}
    </div>
  );
};
