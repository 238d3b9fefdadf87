/** Writes a JSON-like value as XML 1.0, in the tree that clients of the contract read: `<response><results><result>`. */

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** What XML 1.0 §2.2 has no place for, not even escaped: most controls, lone surrogates, U+FFFE and U+FFFF. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const MARKUP = /[&<>"'\r]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

/** Text as it may stand in an element or an attribute; characters that XML forbids become U+FFFD. */
export const escapeXml = (text: string): string =>
  text.replaceAll(FORBIDDEN, '\u{FFFD}').replaceAll(MARKUP, (character) => ENTITIES[character] ?? '');

/** Members of the model that are lists with an element for the whole list; all other lists repeat their own name. */
const ITEMS: Readonly<Record<string, string>> = { results: 'result', licenses: 'license' };

/** A name of the model as the name of an element: `UN/LOCODE` is none. */
const elementName = (name: string): string => {
  const safe = name.replaceAll(/[^A-Za-z0-9_.-]/g, '_');
  return /^[A-Za-z_]/.test(safe) ? safe : `_${safe}`;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text of a value that is no object; null and what JSON leaves out are empty. */
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? escapeXml(String(value))
    : '';

/**
 * A document with one root element, with a line for each element where `pretty` is asked for.
 * Members stand in their order; numbers and booleans as JSON writes them.
 */
export const writeXml = (root: string, value: object, pretty: boolean): string => {
  const parts: string[] = [DECLARATION];
  const newLine = (depth: number): string => (pretty ? `\n${'  '.repeat(depth)}` : '');

  const writeMembers = (members: Readonly<Record<string, unknown>>, depth: number): void => {
    for (const [name, member] of Object.entries(members)) {
      if (member !== undefined) writeMember(name, member, depth);
    }
  };

  const writeMember = (name: string, member: unknown, depth: number): void => {
    const item = ITEMS[name];
    if (!Array.isArray(member) || (item === undefined && member.length === 0)) {
      writeElement(name, isRecord(member) ? member : Array.isArray(member) ? '' : member, depth);
    } else if (item === undefined) for (const one of member) writeElement(name, one, depth);
    else {
      parts.push(`${newLine(depth)}<${elementName(name)}>`);
      for (const one of member) writeElement(item, one, depth + 1);
      parts.push(`${member.length === 0 ? '' : newLine(depth)}</${elementName(name)}>`);
    }
  };

  const writeElement = (name: string, content: unknown, depth: number): void => {
    const element = elementName(name);
    parts.push(`${newLine(depth)}<${element}>`);
    if (isRecord(content)) {
      writeMembers(content, depth + 1);
      parts.push(newLine(depth));
    } else parts.push(textOf(content));
    parts.push(`</${element}>`);
  };

  if (!pretty) parts.push('\n');
  writeElement(root, value, 0);
  parts.push('\n');
  return parts.join('');
};
