/** HTML as a value: a tagged template that escapes whatever is put into it, so that forgetting to is impossible. */

/** Not exported: outside this file only `html` makes one, and the private field keeps look-alike objects out. */
class Markup {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }

  static is(value: unknown): value is Markup {
    return typeof value === 'object' && value !== null && #markup in value;
  }
}

/** A piece of finished markup. */
export type Html = Markup;

/** What a template takes: text is escaped, `Html` is not, `undefined` leaves nothing behind. */
export type Fragment = Html | string | number | undefined | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/**
 * Schemes and relative forms that a link of ours may have; `javascript:` and `data:` are not among them, nor
 * white space and backslashes, which browsers drop or read as slashes (WHATWG URL §4.4).
 */
const SAFE_LINK = /^(?:https?:\/\/|mailto:|tel:|#|\/(?!\/))[^\\\s\p{Cc}]*$/iu;

const OPENS_LINK = /\s(?:href|src)="$/i;
const OPENS_UNQUOTED_ATTRIBUTE = /=\s*'?$/;

const renderFragment = (before: string, fragment: Fragment): string => {
  if (OPENS_UNQUOTED_ATTRIBUTE.test(before)) {
    throw new TypeError('An attribute that takes a value needs double quotes.');
  }
  if (fragment === undefined) return '';
  if (Markup.is(fragment)) return fragment.toString();
  if (Array.isArray(fragment)) return fragment.map((piece: Html) => renderFragment('', piece)).join('');
  const text = String(fragment);
  if (OPENS_LINK.test(before) && !SAFE_LINK.test(text)) {
    throw new TypeError('A link must be http, https, mailto, tel, or stay on this host.');
  }
  return escapeText(text);
};

/**
 * Builds markup. Values may stand in text and in attributes with double quotes, nowhere else.
 * @throws TypeError for a value in an unquoted attribute, or a link with a scheme that can run code.
 */
export const html = (literals: TemplateStringsArray, ...fragments: readonly Fragment[]): Html => {
  let markup = literals[0] ?? '';
  for (const [index, fragment] of fragments.entries()) {
    markup += renderFragment(literals[index] ?? '', fragment) + (literals[index + 1] ?? '');
  }
  return new Markup(markup);
};
