/** `GET /`: what this is, and the first thing to do. */
import { html, type Html } from './html.ts';
import { renderPage } from './layout.ts';
import type { Site } from './site.ts';

interface ServiceNote {
  readonly name: string;
  readonly about: string;
  readonly ready: boolean;
}

const SERVICES: readonly ServiceNote[] = [
  {
    name: 'Geocoding',
    about: 'Places to coordinates and coordinates to places, over the whole world, from open data.',
    ready: true,
  },
  {
    name: 'Visitor',
    about: 'What one request tells about its visitor, such as the country and the kind of device.',
    ready: false,
  },
  {
    name: 'Datasets',
    about: 'Your own tables as an API, private or shared with single people.',
    ready: false,
  },
  { name: 'Customers', about: 'Pseudonymous profiles and events of your own customers.', ready: false },
];

const renderService = (service: ServiceNote): Html =>
  html`<li class="${service.ready ? 'service' : 'service later'}">
    <h3>
      ${service.name} <span class="tag">${service.ready ? 'in this version' : 'in a later version'}</span>
    </h3>
    <p>${service.about}</p>
  </li>`;

const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const renderLocalNote = (site: Site): Html | undefined =>
  LOCAL_HOSTS.has(site.hostname)
    ? html`<p class="note">
        This address is your own machine. If the server made its own certificate, add
        <code>--cacert</code> with the CA file that it named when it started.
      </p>`
    : undefined;

/** The home page as a document. */
export const renderHomePage = (site: Site): string =>
  renderPage(site, {
    path: '/',
    title: 'Vouchsafe: data APIs with a security page that is true',
    description:
      'A self-hosted server for data APIs. Its security page is checked against the running system.',
    main: html`
      <section class="hero">
        <h1>Data APIs that keep their word</h1>
        <p class="lead">
          This is a Vouchsafe server: it answers data APIs, geocoding and visitor lookup, to everyone who has
          a key. What it promises about your queries and keys stands on
          <a href="/security">its security page</a>, each sentence with what makes it true and what the last
          check saw.
        </p>
      </section>

      <section aria-labelledby="first-call">
        <h2 id="first-call">Your first call</h2>
        <p>Put your secret key in the header, where it stays out of histories and logs.</p>
        <pre><code>curl -H 'X-Api-Key: YOUR_SECRET_KEY' '${site.origin}/geocode/v1/json?q=Paris%2C%20Texas'</code></pre>
        ${renderLocalNote(site)}
        <p>
          You have no key yet? <a href="/dashboard/sign-up">Sign up</a> and make one in the dashboard, or, if
          you run this server, with <code>vouchsafe keys create</code>.
        </p>
      </section>

      <section aria-labelledby="next">
        <h2 id="next">Where to go next</h2>
        <ul class="cards">
          <li>
            <h3><a href="/dashboard/">Dashboard</a></h3>
            <p>Projects, keys, members, what was used; export or delete all of it at any time.</p>
          </li>
          <li>
            <h3><a href="/docs">API reference</a></h3>
            <p>Every operation, every parameter, every error; try them from the page.</p>
          </li>
          <li>
            <h3><a href="/security">Security</a></h3>
            <p>What is promised, what enforces it, when it was last checked, and how you repeat the check.</p>
          </li>
          <li>
            <h3><a href="/credits">Credits</a></h3>
            <p>Whose open data answers you, and under which licence.</p>
          </li>
        </ul>
      </section>

      <section aria-labelledby="services">
        <h2 id="services">Services</h2>
        <ul class="services">
          ${SERVICES.map(renderService)}
        </ul>
      </section>
    `,
  });
