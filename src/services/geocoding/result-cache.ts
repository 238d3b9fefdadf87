import type { ResultWriter } from './render.ts';

/** Results that are kept (a power of two), and bytes of each; longer ones are written anew each time. */
const SLOTS = 8_192;
const SLOT_BYTES = 640;

/**
 * Keeps the bytes of results that were written lately, in English and without distances: most questions are about
 * few places. Each entity has one slot; 5 MB for each thread. Nothing of a query is in it, only of the gazetteer.
 */
export const withResultCache = (results: ResultWriter): ResultWriter => {
  const bytes = Buffer.alloc(SLOTS * SLOT_BYTES);
  /** Entity number plus one; 0 is empty. */
  const owners = new Uint32Array(SLOTS);
  const lengths = new Uint16Array(SLOTS);
  return {
    write(writer, entity, look, metres) {
      if (metres !== undefined || look.abbreviate || look.texts.language !== 'en') {
        results.write(writer, entity, look, metres);
        return;
      }
      const slot = entity & (SLOTS - 1);
      if (owners[slot] === entity + 1) {
        writer.copy(bytes, slot * SLOT_BYTES, lengths[slot] as number);
        return;
      }
      const since = writer.position();
      results.write(writer, entity, look, undefined);
      const length = writer.keep(since, bytes, slot * SLOT_BYTES, SLOT_BYTES);
      if (length > SLOT_BYTES) return;
      owners[slot] = entity + 1;
      lengths[slot] = length;
    },
  };
};
