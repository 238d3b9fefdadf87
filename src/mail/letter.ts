/** A letter: what one mail says, written once and rendered as plain text and as HTML. */
import { hash } from 'node:crypto';

/** Paragraphs are plain text; whatever is put into them is escaped when they become HTML. */
export interface Letter {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What there is to do, and where. */
  readonly action?: { readonly label: string; readonly url: string };
  /** Short lines below, such as the items of a receipt. */
  readonly lines?: readonly string[];
  /** Why the person gets this letter, and what to do if it was not them. */
  readonly footer: readonly string[];
}

export interface RenderedLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Control and formatting characters, lone surrogates, line and paragraph separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Where mail programs look for an address to make a link of. */
const LINK_MARKS = /[.:/@](?=\S)/gu;

const LONGEST_NAME = 100;

/**
 * A name as somebody chose it, fit for a line of a letter or its subject: no control characters, so that it adds no
 * header and no line; at most 100 characters; and a zero-width space after each character that could make an address
 * of it, so that nobody can have us send a link of theirs by putting it into a name.
 */
export const printableName = (name: string): string => {
  const plain = name.replace(UNPRINTABLE, ' ').replace(/\s+/gu, ' ').trim();
  const characters = plain.match(/./gu) ?? [];
  const short =
    characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME - 1).join('')}…` : plain;
  return short.replace(LINK_MARKS, '$&\u{200b}');
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an HTML text or a double-quoted attribute. */
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** The only style of a letter; it reads as well without. Nothing is loaded from anywhere. */
const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; padding: 24px 16px; background: #fbfaf6; color: #1b2320; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 34rem; margin: 0 auto; }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 16px; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
ul { margin: 0 0 16px; padding-left: 20px; }
a { color: #0b5d4b; }
a.action { display: inline-block; padding: 10px 18px; border-radius: 6px; background: #0b5d4b; color: #ffffff; font-weight: 600; text-decoration: none; }
footer { margin-top: 24px; padding-top: 16px; border-top: 1px solid #dcd9cd; color: #55605b; font-size: 14px; }
@media (prefers-color-scheme: dark) {
  body { background: #121614; color: #e7ebe6; }
  a { color: #7ad3b6; }
  a.action { background: #7ad3b6; color: #0c0f0e; }
  footer { border-color: #303833; color: #a3aea8; }
}
`;

/** The style's source in a Content-Security-Policy, for the page that shows letters. */
export const LETTER_STYLE_SOURCE = `'sha256-${hash('sha256', STYLE, 'base64')}'`;

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>\n`;

const renderHtml = ({ subject, paragraphs, action, lines = [], footer }: Letter): string => {
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('\n');
  const button =
    action === undefined
      ? ''
      : `<p><a class="action" href="${escapeHtml(action.url)}" target="_blank" rel="noopener noreferrer">${escapeHtml(action.label)}</a></p>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(subject)}</h1>
${paragraphs.map(paragraph).join('')}${button}${items === '' ? '' : `<ul>\n${items}\n</ul>\n`}<footer>
${footer.map(paragraph).join('')}</footer>
</main>
</body>
</html>
`;
};

/** Paragraphs with an empty line between; the address stands alone on its line, and once. */
const renderText = ({ paragraphs, action, lines = [], footer }: Letter): string => {
  const blocks = [
    ...paragraphs,
    ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]),
    ...(lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')]),
    // The mark that mail programs know a signature by (RFC 3676 §4.3).
    `-- \n${footer.join('\n\n')}`,
  ];
  return `${blocks.join('\n\n')}\n`;
};

/** Renders a letter in both forms. */
export const renderLetter = (letter: Letter): RenderedLetter => ({
  subject: letter.subject,
  text: renderText(letter),
  html: renderHtml(letter),
});
