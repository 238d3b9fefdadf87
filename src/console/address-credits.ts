/** Whose data about addresses answers, of which day it is, and under which licence: what is in use at this moment. */
import { html, type Html } from './html.ts';

/** A layer that answers now, as its file says it. */
export interface AddressLayer {
  readonly layer: 'place' | 'network' | 'kinds';
  /** Day of the data, `YYYY-MM-DD`. */
  readonly builtAt: string;
  /** Names of its sources, as plain text. */
  readonly origin: string;
  readonly attribution: readonly { readonly text: string; readonly url: string; readonly licence: string }[];
}

const MEANING: Readonly<Record<AddressLayer['layer'], string>> = {
  place: 'Where addresses are',
  network: 'Whose networks addresses are in',
  kinds: 'What kinds of networks addresses are in',
};

/** Only what a browser opens as a page; the texts come out of files that operators bring. */
const renderCredit = ({ text, url, licence }: AddressLayer['attribution'][number]): Html =>
  html`<p>${/^https?:\/\//u.test(url) ? html`<a href="${url}">${text}</a>` : text} (${licence})</p>`;

const renderLayer = ({ layer, builtAt, origin, attribution }: AddressLayer): Html =>
  html`<li id="addresses-${layer}">
    <h3>${MEANING[layer]}</h3>
    <p>Data of <time datetime="${builtAt}">${builtAt}</time>: ${origin}.</p>
    ${attribution.map(renderCredit)}
  </li>`;

/** A section of the credits; nothing where nothing is known of addresses. */
export const renderAddressCredits = (layers: readonly AddressLayer[]): Html =>
  layers.length === 0
    ? html``
    : html`<section aria-labelledby="addresses">
        <h2 id="addresses">Data about internet addresses, in use now</h2>
        <ul class="credits">
          ${layers.map(renderLayer)}
        </ul>
      </section>`;

/** The day that a page of credits says of a layer; undefined where it says none. */
export const dayOnCredits = (page: string, layer: AddressLayer['layer']): string | undefined => {
  const at = page.indexOf(`id="addresses-${layer}"`);
  return at < 0 ? undefined : /datetime="(\d{4}-\d{2}-\d{2})"/u.exec(page.slice(at, at + 400))?.[1];
};
