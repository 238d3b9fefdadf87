/** The frame around every page: head, navigation, footer. */
import { html, type Html } from './html.ts';
import type { Site } from './site.ts';

export interface Page {
  /** Path of the page itself, to mark it in the navigation. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  /** Further elements of the head; only /docs has any. */
  readonly head?: Html;
  readonly main: Html;
  /** The content makes a main landmark of its own, as the reference viewer does; there may be only one. */
  readonly bringsLandmark?: true;
}

const NAVIGATION: readonly (readonly [path: string, label: string])[] = [
  ['/dashboard/', 'Dashboard'],
  ['/docs', 'API reference'],
  ['/security', 'Security'],
  ['/credits', 'Credits'],
];

const renderMain = (page: Page): Html =>
  page.bringsLandmark === true
    ? html`<div id="main" class="frame content" tabindex="-1">${page.main}</div>`
    : html`<main id="main" class="frame content" tabindex="-1">${page.main}</main>`;

const renderLink = (current: string, path: string, label: string): Html =>
  path === current
    ? html`<li><a href="${path}" aria-current="page">${label}</a></li>`
    : html`<li><a href="${path}">${label}</a></li>`;

/** A whole document, ready to send. */
export const renderPage = (site: Site, page: Page): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title}</title>
        <meta name="description" content="${page.description}" />
        <link rel="icon" href="${site.assets.mark.url}" type="image/svg+xml" />
        <link rel="stylesheet" href="${site.assets.style.url}" />
        ${page.head}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          <div class="frame">
            <a class="brand" href="/"
              ><img src="${site.assets.mark.url}" alt="" width="28" height="28" /> Vouchsafe</a
            >
            <nav aria-label="Pages">
              <ul>
                ${NAVIGATION.map(([path, label]) => renderLink(page.path, path, label))}
              </ul>
            </nav>
          </div>
        </header>
        ${renderMain(page)}
        <footer class="bar">
          <div class="frame">
            <p>Vouchsafe ${site.version} at ${site.origin}</p>
            <ul>
              <li><a href="/.well-known/security.txt">security.txt</a></li>
              <li><a href="/security.json">security.json</a></li>
              <li><a href="/docs/openapi.json">openapi.json</a></li>
            </ul>
          </div>
        </footer>
      </body>
    </html> `.toString();
