/** The pages of the local mailbox: a list of mails, and one mail as text and as its HTML. */
import { html, type Html } from '../console/html.ts';
import { MAILBOX_DAYS } from '../mail/delivery.ts';
import type { Mailbox, MailboxEntry } from '../mail/mailbox.ts';

/** Where the pages' style sheet is. */
export const STYLE_PATH = '/mailbox/site.css';

/** What the pages need past the sheet that all pages share. */
export const MAILBOX_STYLE = `
iframe { display: block; width: 100%; height: 36rem; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); }
.mails li { padding-block: .8rem; border-top: 1px solid var(--line); }
.mails p { margin: 0; }
`;

const renderPage = (title: string, main: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
      </head>
      <body>
        <header class="bar">
          <div class="frame"><a class="brand" href="/mailbox">Mailbox</a></div>
        </header>
        <main class="frame content">${main}</main>
      </body>
    </html> `.toString();

const renderTime = (at: Date): Html =>
  html`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`;

const renderEntry = ({ id, subject, recipient, at }: MailboxEntry): Html =>
  html`<li>
    <p><a href="/mailbox/${id}">${subject}</a></p>
    <p class="meta">to ${recipient}, ${renderTime(at)}</p>
  </li>`;

const renderEmpty = (signUpUrl: string): Html =>
  html`<p class="verdict">
    No mail yet. <a href="${signUpUrl}">Sign up</a>, and the mail that confirms the address appears here;
    reload this page to see it.
  </p>`;

/** The list, newest first; where mails go out, a sentence that says so and how many wait. */
export const renderList = (mailbox: Mailbox, entries: readonly MailboxEntry[], waiting: number): string => {
  if (!mailbox.keepsMail) {
    return renderPage(
      'Mailbox',
      html`<h1>Mail goes out</h1>
        <p class="lead">
          SMTP_URL is set: mails are handed over to that server and forgotten here, so there is nothing to
          show.
        </p>
        <p>${waiting === 0 ? 'None is waiting.' : `Waiting to be handed over: ${waiting}.`}</p>`,
    );
  }
  return renderPage(
    'Mailbox',
    html`<h1>Mailbox</h1>
      <p class="lead">
        SMTP_URL is not set, so what this installation would send stays here for ${MAILBOX_DAYS} days. Whoever
        can open this page can follow the links in it: it answers on this machine only.
      </p>
      ${
        entries.length === 0
          ? renderEmpty(mailbox.signUpUrl)
          : html`<ul class="mails">
              ${entries.map(renderEntry)}
            </ul>`
      }`,
  );
};

const ADDRESS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:)])/;

/** The text with its addresses as links. Splitting at a group leaves the addresses at the odd places. */
const renderText = (text: string): readonly Html[] =>
  text
    .split(ADDRESS)
    .map((part, index) =>
      index % 2 === 1 ? html`<a href="${part}" rel="noopener noreferrer">${part}</a>` : html`${part}`,
    );

/** One mail. Its HTML stands in a frame that can run nothing and is of no origin. */
export const renderMail = ({ subject, recipient, at, text, html: body }: MailboxEntry): string =>
  renderPage(
    subject,
    html`<h1>${subject}</h1>
      <p class="meta">to ${recipient}, ${renderTime(at)}</p>
      <h2>As text</h2>
      <pre>${renderText(text)}</pre>
      <h2>As HTML</h2>
      <iframe
        title="The mail as HTML"
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        srcdoc="${body}"
      ></iframe>`,
  );
