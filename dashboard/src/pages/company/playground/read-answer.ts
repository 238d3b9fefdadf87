/** What an answer of the playground says, whatever its format. */
import { foundInJson, inEnvelope, type Found } from './found.ts';
import type { Format } from './question.ts';

/** An element as an object of its children; of those of one name the first. Texts stay texts. */
const ofElement = (element: Element): unknown => {
  if (element.children.length === 0) return element.textContent;
  return Object.fromEntries(
    [...element.children].toReversed().map((child) => [child.tagName, ofElement(child)]),
  );
};

const inXml = (body: string): Found[] => {
  const page = new DOMParser().parseFromString(body, 'application/xml');
  return [...page.querySelectorAll('response > results > result')].flatMap((result) =>
    inEnvelope(ofElement(result)),
  );
};

/** The results in an answer's body; none where there is anything else in it. */
export const foundIn = (body: string, format: Format): readonly Found[] =>
  format === 'xml' ? inXml(body) : foundInJson(body, format);
