/** `GET /docs`: the frame that the API reference viewer fills from our own OpenAPI document. */
import { html } from './html.ts';
import { renderPage } from './layout.ts';
import type { Site } from './site.ts';

/** The reference page as a document; without a script it says where the same thing stands as JSON. */
export const renderDocsPage = (site: Site): string =>
  renderPage(site, {
    path: '/docs',
    title: 'API reference · Vouchsafe',
    description: 'Every operation of this Vouchsafe server, with its parameters, replies and errors.',
    head: html`<link rel="stylesheet" href="${site.assets.viewerStyle.url}" />
      <script src="${site.assets.viewerScript.url}" defer></script>
      <script src="${site.assets.docsScript.url}" defer></script>`,
    bringsLandmark: true,
    main: html`
      <section aria-labelledby="title">
        <h1 id="title">API reference</h1>
        <p class="lead">
          Drawn from <a href="/docs/openapi.json">the OpenAPI document</a> of this server. A key that you type
          in here stays in this page's memory and is sent to this server only.
        </p>
        <noscript
          ><p class="note">
            The reference needs JavaScript to be drawn.
            <a href="/docs/openapi.json">The OpenAPI 3.1 document</a> holds all of it as JSON: open it in the
            tool that you like, or read it as it is.
          </p></noscript
        >
        <h2>Operations</h2>
      </section>
      <div id="reference" data-document="/docs/openapi.json"></div>
    `,
  });
