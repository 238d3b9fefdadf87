/** How an amount of money is written, by CLDR as Node brings it: worked out once, at the start. */

export interface CurrencyFacts {
  /** ISO 4217. */
  readonly code: string;
  /** In English. */
  readonly name: string;
  /** As short as people of the country write it: `€`, `$`, `CHF`. */
  readonly symbol: string;
  /** Digits after the decimal sign, 0 to 4. */
  readonly decimals: number;
  readonly decimal_separator: string;
  /** Between thousands; a space here is one that does not break (U+00A0 or U+202F). */
  readonly group_separator: string;
  /** Before and after an amount, spaces included; one of both is empty. */
  readonly prefix: string;
  readonly suffix: string;
  /** 1,234.56 as it is written in the country. */
  readonly format: string;
}

const AMOUNT = 1234.56;
const NAMES = new Intl.DisplayNames('en', { type: 'currency' });

/** Codes of money that people pay with; a fund's code (CHE, CLF, USN) is in ISO 4217 and in nobody's purse. */
const KNOWN: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const FUNDS: ReadonlySet<string> = new Set([
  'BOV',
  'CHE',
  'CHW',
  'CLF',
  'COU',
  'MXV',
  'USN',
  'USS',
  'UYI',
  'UYW',
  'XDR',
  'XSU',
  'XUA',
]);

/** Whether a code of ISO 4217 is of money, and not of a fund or of metal. */
export const isMoney = (code: string): boolean => KNOWN.has(code) && !FUNDS.has(code);

/** Without the marks that turn the direction of a text around. */
const textOf = (parts: readonly Intl.NumberFormatPart[]): string =>
  parts
    .map(({ value }) => value)
    .join('')
    .replaceAll(/[\u200E\u200F\u061C]/gu, '');

/**
 * @param code ISO 4217.
 * @param locale BCP 47, of the country's first language: `de-CH`.
 */
export const currencyFacts = (code: string, locale: string): CurrencyFacts => {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: code,
    currencyDisplay: 'narrowSymbol',
    // Digits of the country's own script would be right in a sentence of its language, and are wrong in a table.
    numberingSystem: 'latn',
    useGrouping: 'always',
  });
  const parts = format.formatToParts(AMOUNT);
  const first = parts.findIndex(({ type }) => type === 'integer');
  const last = parts.findLastIndex(({ type }) => type === 'integer' || type === 'fraction');
  const valueOf = (type: string): string | undefined => parts.find((part) => part.type === type)?.value;
  return {
    code,
    name: NAMES.of(code) ?? code,
    symbol: textOf(parts.filter(({ type }) => type === 'currency')) || code,
    decimals: format.resolvedOptions().maximumFractionDigits ?? 2,
    decimal_separator: valueOf('decimal') ?? '.',
    group_separator: valueOf('group') ?? ',',
    prefix: textOf(parts.slice(0, first)),
    suffix: textOf(parts.slice(last + 1)),
    format: textOf(parts),
  };
};
