/** `GET /security`: the promises, readable by people. The same report stands at /security.json for machines. */
import type { PromiseView, SecurityReport } from '../promises/report.ts';
import { html, type Html } from './html.ts';
import { renderPage } from './layout.ts';
import { renderInstant, renderPromise, renderState, STATE_WORDS, type PromiseState } from './promise-card.ts';
import { KINDS } from './promise-kinds.ts';
import type { Site } from './site.ts';

/** Bad news first. */
const ORDER: readonly PromiseState[] = ['broken', 'unchecked', 'kept'];

const inState = (report: SecurityReport, state: PromiseState): readonly PromiseView[] =>
  report.promises.filter((promise) => promise.state === state);

const renderVerdict = (report: SecurityReport): Html => {
  if (report.promises.length === 0) {
    return html`<p class="verdict">
      This server has published no promise yet. They appear here as soon as its checks are set up; until then,
      assume nothing.
    </p>`;
  }
  const broken = inState(report, 'broken').length;
  if (broken > 0) {
    return html`<p class="verdict broken">
      ${broken === 1 ? 'One promise is' : `${broken} promises are`} broken at this moment.
      ${broken === 1 ? 'It stands' : 'They stand'} first below, with what the check saw.
    </p>`;
  }
  return inState(report, 'kept').length === report.promises.length
    ? html`<p class="verdict kept">Every promise was kept at its last check.</p>`
    : html`<p class="verdict">No promise is broken; not every one has been checked.</p>`;
};

const renderCount = (report: SecurityReport, state: PromiseState): Html =>
  html`<li class="${state}">
    <span class="number">${inState(report, state).length}</span> ${renderState(state)}
  </li>`;

const renderGroup = (report: SecurityReport, state: PromiseState): Html | undefined => {
  const promises = inState(report, state);
  if (promises.length === 0) return undefined;
  return html`<section class="group" aria-labelledby="group-${state}">
    <h2 id="group-${state}">${STATE_WORDS[state]} <span class="count">${promises.length}</span></h2>
    ${promises.map(renderPromise)}
  </section>`;
};

const renderHistory = (history: SecurityReport['history']): Html =>
  html`<section aria-labelledby="history">
    <h2 id="history">History</h2>
    ${
      history.entries === 0 || history.head === null
        ? html`<p>The history is empty. Its first entry is written when the first check has run.</p>`
        : html`<p>
              ${history.entries === 1 ? 'One entry' : `${history.entries} entries`} so far. Each names the
              digest of the one before it and is signed: whoever has kept a digest notices when an entry
              before it was changed or dropped. The newest digest to keep is
            </p>
            <pre><code>${history.head}</code></pre>`
    }
    <p>The signatures are made with the key whose public half is</p>
    <pre><code>${history.publicKey}</code></pre>
  </section>`;

const LIMITS = html`<section class="limits" aria-labelledby="limits">
  <h2 id="limits">What this page cannot do</h2>
  <p>
    A self-check proves consistency, not honesty: a server that means to deceive could show you any page it
    likes. That is why many of these sentences can be repeated from outside. Where a command stands below a
    sentence, run it from a machine of your own.
  </p>
</section>`;

const KIND_NOTES = html`<section aria-labelledby="kinds">
  <h2 id="kinds">The five kinds of promises</h2>
  <dl class="kinds">
    ${KINDS.map(
      (note) =>
        html`<div id="${note.anchor}">
          <dt>${note.kind}</dt>
          <dd>${note.explanation}</dd>
        </div>`,
    )}
  </dl>
</section>`;

/** The security page as a document. */
export const renderSecurityPage = (site: Site, report: SecurityReport): string =>
  renderPage(site, {
    path: '/security',
    title: `Security of ${report.installation.name} · Vouchsafe`,
    description: 'What this server promises, what enforces it, and what the last check saw.',
    main: html`
      <section class="hero">
        <h1>What this server promises</h1>
        ${renderVerdict(report)}
        <ul class="tally" aria-label="Promises by state">
          ${ORDER.map((state) => renderCount(report, state))}
        </ul>
        <p class="meta">
          ${report.installation.name} at ${report.installation.url}, version ${report.installation.version}.
          This page was made at ${renderInstant(report.generatedAt)}. For machines:
          <a href="/security.json">security.json</a>. <a href="#kinds">What the kinds mean</a>.
        </p>
      </section>
      ${LIMITS} ${ORDER.map((state) => renderGroup(report, state) ?? html``)} ${KIND_NOTES}
      ${renderHistory(report.history)}
    `,
  });
