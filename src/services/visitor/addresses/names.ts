/** The names of a layer, read when they are first asked for and then remembered: each is made once in a thread. */
import type { LayerSections } from './layer-format.ts';

/** The name of a number; '' for 0. */
export const createNames = ({ textAt, text }: LayerSections): ((name: number) => string) => {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const made: (string | undefined)[] = Array.from({ length: textAt.length - 1 });
  return (name) => {
    const known = made[name];
    if (known !== undefined) return known;
    const read = bytes.toString('utf8', textAt[name], textAt[name + 1]);
    made[name] = read;
    return read;
  };
};
