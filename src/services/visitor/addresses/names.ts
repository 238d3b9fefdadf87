import type { LayerSections } from './layer-format.ts';

/** A name that was read is remembered for so long at most, in milliseconds: which were is something about visitors. */
const FORGET_EVERY_MS = 300_000;

/** Goes on for as long as somebody reads names: a layer that was replaced is not kept by its clock. */
const forgetAtTimes = (made: (string | undefined)[]): void => {
  const names = new WeakRef(made);
  const timer = setInterval(() => {
    const alive = names.deref();
    if (alive === undefined) clearInterval(timer);
    else alive.fill(undefined);
  }, FORGET_EVERY_MS).unref();
};

/** The names of a layer, read when they are first asked for and remembered for some minutes. The name of 0 is ''. */
export const createNames = ({ textAt, text }: LayerSections): ((name: number) => string) => {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const made: (string | undefined)[] = Array.from({ length: textAt.length - 1 });
  forgetAtTimes(made);
  return (name) => {
    const known = made[name];
    if (known !== undefined) return known;
    const read = bytes.toString('utf8', textAt[name], textAt[name + 1]);
    made[name] = read;
    return read;
  };
};
