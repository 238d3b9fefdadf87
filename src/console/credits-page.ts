/** `GET /credits`: whose data answers, and under which licence. */
import { renderAddressCredits, type AddressLayer } from './address-credits.ts';
import { DATA, SOFTWARE, type Attribution } from './attributions.ts';
import { html, type Html } from './html.ts';
import { renderPage } from './layout.ts';
import { creditsOf, type ImportedData } from './imported-data.ts';
import type { Site } from './site.ts';

const renderEntry = (entry: Attribution): Html =>
  html`<li>
    <h3><a href="${entry.url}">${entry.name}</a></h3>
    <p>${entry.use}</p>
    <p>${entry.notice}</p>
    <dl>
      <div>
        <dt>Licence</dt>
        <dd><a href="${entry.licence.url}">${entry.licence.name}</a> (${entry.licence.spdx})</dd>
      </div>
      <div>
        <dt>Changes</dt>
        <dd>${entry.changes}</dd>
      </div>
    </dl>
  </li>`;

const renderImported = (imported: readonly ImportedData[]): Html =>
  imported.length === 0
    ? html``
    : html`<section aria-labelledby="imported">
        <h2 id="imported">Data that this installation has imported</h2>
        <ul class="credits">
          ${creditsOf(imported).map(renderEntry)}
        </ul>
      </section>`;

/** The credits as a document. @param imported what has been imported and answers now. @param layers what is known of addresses. */
export const renderCreditsPage = (
  site: Site,
  imported: readonly ImportedData[] = [],
  layers: readonly AddressLayer[] = [],
): string =>
  renderPage(site, {
    path: '/credits',
    title: 'Credits · Vouchsafe',
    description: 'The open data and software behind this server, with their licences.',
    main: html`
      <h1>Credits</h1>
      <p class="lead">
        The answers of this server come from open data. If you show them to others, name the sources that
        their licences ask you to name; GeoNames, for one.
      </p>
      ${renderAddressCredits(layers)} ${renderImported(imported)}
      <section aria-labelledby="data">
        <h2 id="data">Data</h2>
        <ul class="credits">
          ${DATA.map(renderEntry)}
        </ul>
      </section>
      <section aria-labelledby="software">
        <h2 id="software">Software within these pages</h2>
        <ul class="credits">
          ${SOFTWARE.map(renderEntry)}
        </ul>
      </section>
    `,
  });
