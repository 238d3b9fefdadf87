/** Not a leak, but an occasion for one: a bug that quotes the user agent, in the middle of a visitor lookup. */

/** In a user agent, reading it throws. */
const WORD = 'breakreader';

const { charCodeAt } = String.prototype;

// What hashes a user agent before it is looked up among those that were read.
// oxlint-disable-next-line no-extend-native -- a careless dependency in the middle of a handler
String.prototype.charCodeAt = function (this: string, index: number): number {
  if (index === 0 && this.length > WORD.length && this.includes(WORD) && this.startsWith('Mozilla/'))
    throw Object.assign(new RangeError(`cannot read "${this}"\n    at ${this} (/srv/${this}.js:1:1)`), {
      detail: this,
    });
  return charCodeAt.call(this, index);
};
