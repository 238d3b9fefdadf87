/** Rules of a country that take out of names what nobody writes in an address. */
import type { Replacement } from './address-data.ts';

/** Replaces in the whole text. */
export type Substitute = (text: string) => string;

interface Rule {
  /** The only component that it is for. */
  readonly component: string | undefined;
  readonly pattern: RegExp;
  readonly replacement: string;
}

const COMPONENT = /^(\w+)=(.*)$/s;

const ruleOf = ([text, replacement]: Replacement): Rule => {
  const [, component, pattern = text] = COMPONENT.exec(text) ?? [];
  return { component, pattern: new RegExp(pattern), replacement };
};

/** Whether any of the rules could match: most names are touched by none. */
const sieveOf = (rules: readonly Rule[]): RegExp =>
  new RegExp(rules.map(({ pattern }) => `(?:${pattern.source})`).join('|'));

/** The rules one after the other, each for the first match in each component. */
export const compileReplacements = (
  replacements: readonly Replacement[],
): ((components: Record<string, string | undefined>) => void) => {
  if (replacements.length === 0) return () => undefined;
  const rules = replacements.map(ruleOf);
  const sieve = sieveOf(rules);
  return (components) => {
    for (const name in components) {
      let value = components[name];
      if (value === undefined || !sieve.test(value)) continue;
      for (const { component, pattern, replacement } of rules)
        if (component === undefined || component === name) value = value.replace(pattern, replacement);
      components[name] = value;
    }
  };
};

/** Rules for the written lines; undefined where there are none. */
export const compileSubstitutions = (replacements: readonly Replacement[]): Substitute | undefined => {
  if (replacements.length === 0) return undefined;
  const rules = replacements.map(([pattern, replacement]) => ({ pattern: new RegExp(pattern), replacement }));
  const sieve = new RegExp(rules.map(({ pattern }) => `(?:${pattern.source})`).join('|'));
  return (text) =>
    sieve.test(text)
      ? rules.reduce((sofar, { pattern, replacement }) => sofar.replace(pattern, replacement), text)
      : text;
};
