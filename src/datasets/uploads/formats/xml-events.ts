/** A part of a workbook as XML, tag by tag; a document type, which could define entities, is refused. */
import { SaxesParser } from 'saxes';
import { LONGEST_CELL } from './bounds.ts';
import { FormatError } from './format-error.ts';

export interface XmlEvents {
  /** Names without their prefix. */
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(name: string): void;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const invalid = (): FormatError =>
  new FormatError('xlsx_invalid', 'a part of the workbook is no XML that can be read');

/** Calls `events` for all that is in it and gives control back after each piece. Throws FormatError xlsx_invalid. */
export const readXml = async function* (
  pieces: AsyncIterable<Uint8Array>,
  events: XmlEvents,
): AsyncGenerator<number> {
  const parser = new SaxesParser();
  let length = 0;
  /** What arrived since the last event: a text or tag is held back until it is whole. */
  let quiet = 0;
  parser.on('error', () => {
    throw invalid();
  });
  parser.on('doctype', () => {
    throw invalid();
  });
  parser.on('opentag', (tag) => {
    length = 0;
    quiet = 0;
    events.open(local(tag.name), tag.attributes);
  });
  const text = (piece: string): void => {
    length += piece.length;
    quiet = 0;
    if (length > LONGEST_CELL)
      throw new FormatError('cell_too_long', `a cell is longer than ${LONGEST_CELL} bytes`);
    events.text(piece);
  };
  parser.on('text', text);
  parser.on('cdata', text);
  parser.on('closetag', (tag) => {
    quiet = 0;
    events.close(local(tag.name));
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let read = 0;
  const decode = (piece?: Uint8Array): string => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch {
      throw invalid();
    }
  };
  for await (const piece of pieces) {
    read += piece.length;
    quiet += piece.length;
    if (quiet > LONGEST_CELL * 2)
      throw new FormatError('cell_too_long', `a cell is longer than ${LONGEST_CELL} bytes`);
    parser.write(decode(piece));
    yield read;
  }
  parser.write(decode());
  parser.close();
  yield read;
};
