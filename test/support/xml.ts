/** Reads XML back, strictly: enough of XML 1.0 for answers without attributes, and nothing that is not well-formed. */

/** An element: its name, and its text or the elements in it. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const NAME = /[A-Za-z_][A-Za-z0-9_.-]*/y;
const TEXT = /[^<&>]+/y;
const REFERENCE = /&(amp|lt|gt|quot|apos|#13);/y;
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const CHARACTERS: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#13': '\r',
};

/** @throws Error with the place, where the text is no well-formed document of this kind. */
export const parseXml = (document: string): XmlElement => {
  const opening = '<?xml version="1.0" encoding="UTF-8"?>';
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${document.slice(at, at + 40)}`);
  };
  let at = 0;
  if (!document.startsWith(opening)) fail('no declaration');
  if (NO_CHARACTER.test(document)) fail('a character that XML has no place for');
  at = opening.length;

  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(document) ?? undefined;
    if (match !== undefined) at += match[0].length;
    return match;
  };
  const expect = (text: string): void => {
    if (!document.startsWith(text, at)) fail(`no ${text}`);
    at += text.length;
  };

  const readElement = (): XmlElement => {
    expect('<');
    const name = take(NAME)?.[0] ?? fail('no name');
    expect('>');
    const children: XmlElement[] = [];
    let text = '';
    while (!document.startsWith('</', at)) {
      if (document.startsWith('<', at)) children.push(readElement());
      else if (document.startsWith('&', at)) text += CHARACTERS[take(REFERENCE)?.[1] ?? fail('no reference')];
      else text += take(TEXT)?.[0] ?? fail('no content');
    }
    expect('</');
    expect(name);
    expect('>');
    if (children.length > 0 && text.trim() !== '') fail('text between elements');
    return { name, text, children };
  };

  take(/\s*/y);
  const root = readElement();
  take(/\s*/y);
  if (at !== document.length) fail('something after the end');
  return root;
};

/** The first element along a path of names, below a root. */
export const elementAt = (root: XmlElement, ...path: readonly string[]): XmlElement | undefined =>
  path.reduce<XmlElement | undefined>(
    (element, name) => element?.children.find((child) => child.name === name),
    root,
  );
