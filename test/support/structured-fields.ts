/** A strict reader of lists of strings with parameters, RFC 9651 §4.2: for tests of what we send, so it throws at once. */

export type Items = readonly { readonly value: string; readonly parameters: ReadonlyMap<string, number> }[];

/** Lists whose items are strings and whose parameters are integers. @throws where a recipient would drop the field. */
export const parseItems = (text: string): Items => {
  let rest = text;
  const eat = (pattern: RegExp): string => {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) throw new Error(`not a structured field at: ${rest}`);
    rest = rest.slice(found.length);
    return found;
  };
  const readParameters = (): Map<string, number> => {
    const parameters = new Map<string, number>();
    while (rest.startsWith(';')) {
      eat(/^; */);
      const name = eat(/^[a-z*][a-z0-9_.*-]*/);
      if (parameters.has(name)) throw new Error(`${name} stands twice`);
      eat(/^=/);
      // At most fifteen digits; no sign, since none of ours is negative; no leading zeros from us.
      parameters.set(name, Number(eat(/^(?:0|[1-9]\d{0,14})(?![\d.])/)));
    }
    return parameters;
  };
  const items: { value: string; parameters: ReadonlyMap<string, number> }[] = [];
  for (;;) {
    const value = eat(/^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/).slice(1, -1);
    items.push({ value, parameters: readParameters() });
    if (rest === '') return items;
    eat(/^[ \t]*,[ \t]*(?=.)/);
  }
};
