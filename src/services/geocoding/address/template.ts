/** Address templates, compiled to lists of what stands in each line. */

/** Components of one address by their names, all text. */
export type Components = Readonly<Record<string, string | undefined>>;

/** Writes the lines of an address; lines that lack components are not tidied yet. */
export type Template = (components: Components) => string[];

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'component'; readonly name: string }
  /** The first alternative that is not empty. */
  | { readonly kind: 'first'; readonly alternatives: readonly (readonly Part[])[] };

const TAG = /\{\{#first\}\}(.*?)\{\{\/first\}\}|\{\{\{\s*(\w+)\s*\}\}\}/g;

const partsOf = (text: string): Part[] => {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(TAG)) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    const [whole, choice, name] = match;
    if (name !== undefined) parts.push({ kind: 'component', name });
    else {
      const alternatives = (choice ?? '').split('||').map((one) => partsOf(one.trim()));
      // A single alternative keeps what stands around it: `{{#first}}, {{{quarter}}}{{/first}}`.
      parts.push({ kind: 'first', alternatives });
    }
    from = match.index + whole.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  const rest = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  if (/[{}]/.test(rest)) throw new Error(`an address template has a tag that is not known: ${text}`);
  return parts;
};

const write = (parts: readonly Part[], components: Components): string => {
  let line = '';
  for (const part of parts) {
    if (part.kind === 'text') line += part.text;
    else if (part.kind === 'component') line += components[part.name] ?? '';
    else {
      for (const alternative of part.alternatives) {
        const text = write(alternative, components);
        if (text.trim() === '') continue;
        line += text;
        break;
      }
    }
  }
  return line;
};

/** Compiles the templates of OpenCage's address-formatting (its README, "Template format"). @throws for unknown tags. */
export const compileTemplate = (text: string): Template => {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map(partsOf);
  return (components) => lines.map((parts) => write(parts, components));
};
