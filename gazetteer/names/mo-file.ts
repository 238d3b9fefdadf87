/** Reads compiled message catalogues of GNU gettext (its manual, §10.3 "The Format of GNU MO Files"). */

const MAGIC = 0x9504_12de;

/**
 * The messages of a catalogue in UTF-8, by what they translate; its own header is left out.
 * @throws where the bytes are no such catalogue, or are cut short.
 */
export const readMoFile = (file: Buffer): Map<string, string> => {
  if (file.length < 28 || file.readUInt32LE(0) !== MAGIC) throw new Error('This is no catalogue of gettext.');
  const count = file.readUInt32LE(8);
  const textAt = (entry: number): string => {
    const length = file.readUInt32LE(entry);
    const start = file.readUInt32LE(entry + 4);
    if (start + length > file.length) throw new Error('This catalogue of gettext is cut short.');
    return file.toString('utf8', start, start + length);
  };
  const sources = file.readUInt32LE(12);
  const translations = file.readUInt32LE(16);
  const messages = new Map<string, string>();
  for (let entry = 0; entry < count; entry++) {
    const source = textAt(sources + 8 * entry);
    if (source !== '') messages.set(source, textAt(translations + 8 * entry));
  }
  return messages;
};
