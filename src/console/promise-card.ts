/** One promise on the security page. */
import type { PromiseView } from '../promises/report.ts';
import { html, type Html } from './html.ts';
import { kindAnchor } from './promise-kinds.ts';

export type PromiseState = PromiseView['state'];

export const STATE_WORDS: Readonly<Record<PromiseState, string>> = {
  kept: 'Kept',
  broken: 'Broken',
  unchecked: 'Not checked',
};

/** Shapes that differ in outline too, so that neither colour nor a printer decides what is read. */
const ICONS: Readonly<Record<PromiseState, Html>> = {
  kept: html`<circle cx="10" cy="10" r="9" /><path d="M5.8 10.4l2.8 2.9 5.6-6.4" />`,
  broken: html`<path d="M6.4 1.2h7.2l5.2 5.2v7.2l-5.2 5.2H6.4l-5.2-5.2V6.4z" /><path
      d="M6.7 6.7l6.6 6.6M13.3 6.7l-6.6 6.6"
    />`,
  unchecked: html`<circle cx="10" cy="10" r="8.6" stroke-dasharray="3 2.4" /><path d="M10 5.4V10l3 2.2" />`,
};

/** State as icon, word and colour. */
export const renderState = (state: PromiseState): Html =>
  html`<span class="state ${state}"
    ><svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      ${ICONS[state]}
    </svg>
    ${STATE_WORDS[state]}</span
  >`;

/** `2026-11-22T02:41:45.123Z` as `2026-11-22 02:41:45 UTC`, in a `<time>`; other text as it is. */
export const renderInstant = (iso: string): Html => {
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime())) return html`${iso}`;
  const exact = instant.toISOString();
  return html`<time datetime="${exact}">${exact.slice(0, 19).replace('T', ' ')} UTC</time>`;
};

const whatNext = (promise: PromiseView): string | undefined => {
  if (promise.state === 'broken') {
    return 'It stays marked as broken until a check finds the sentence true again.';
  }
  if (promise.state === 'kept') return undefined;
  return promise.kind === 'attested by a person'
    ? 'No check can see this, so it is never shown as kept; what stands here is the word of a person.'
    : 'The server checks it by itself; until a check has run, take the sentence as a claim.';
};

const renderRow = (term: string, description: Html): Html =>
  html`<div>
    <dt>${term}</dt>
    <dd>${description}</dd>
  </div>`;

/** An `<article>` whose anchor is the promise's id; its heading is an h3. */
export const renderPromise = (promise: PromiseView): Html => {
  const next = whatNext(promise);
  return html`<article class="promise ${promise.state}" id="${promise.id}">
    <p class="above">
      ${renderState(promise.state)} <a class="kind" href="#${kindAnchor(promise.kind)}">${promise.kind}</a>
    </p>
    <h3><a href="#${promise.id}">${promise.sentence}</a></h3>
    ${next === undefined ? undefined : html`<p class="next">${next}</p>`}
    <dl>
      ${renderRow('Made true by', html`${promise.enforcedBy}`)}
      ${renderRow('Last check', promise.checkedAt === null ? html`none so far` : renderInstant(promise.checkedAt))}
      ${promise.evidence === '' ? undefined : renderRow('What it saw', html`${promise.evidence}`)}
    </dl>
    ${
      promise.repeat === undefined
        ? undefined
        : html`<p class="repeat">Repeat it yourself</p>
            <pre><code>${promise.repeat}</code></pre>`
    }
  </article>`;
};
