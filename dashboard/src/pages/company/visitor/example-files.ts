/** The worked examples, as they stand in examples/visitor. Loaded when somebody wants to read one. */
import currency from '../../../../../examples/visitor/currency-by-country.html?raw';
import language from '../../../../../examples/visitor/language-redirect.html?raw';
import address from '../../../../../examples/visitor/prefilled-address.html?raw';

export const EXAMPLE_FILES = { currency, language, address };
