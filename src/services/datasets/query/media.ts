/** In which form the answer is wanted (`Accept`, RFC 9110 §12.5.1; the types are PostgREST's). */
import { checkBound } from './bounds.ts';
import { refuseMedia } from './problems.ts';

/** `array` and `object` are JSON; a stripped one leaves out members that are null. */
export interface Media {
  readonly form: 'array' | 'object' | 'csv';
  readonly stripped: boolean;
  readonly contentType: string;
}

const ARRAY: Media = { form: 'array', stripped: false, contentType: 'application/json; charset=utf-8' };
const OBJECT = 'application/vnd.pgrst.object+json';
const STRIPPED_ARRAY = 'application/vnd.pgrst.array+json';

const MEDIA: Readonly<Record<string, Media>> = {
  '*/*': ARRAY,
  'application/*': ARRAY,
  'application/json': ARRAY,
  [STRIPPED_ARRAY]: ARRAY,
  'application/vnd.pgrst.array': ARRAY,
  [OBJECT]: { form: 'object', stripped: false, contentType: `${OBJECT}; charset=utf-8` },
  'application/vnd.pgrst.object': {
    form: 'object',
    stripped: false,
    contentType: `${OBJECT}; charset=utf-8`,
  },
  'text/csv': { form: 'csv', stripped: false, contentType: 'text/csv; charset=utf-8' },
  'text/*': { form: 'csv', stripped: false, contentType: 'text/csv; charset=utf-8' },
};

const strip = (media: Media): Media => {
  const type = media.form === 'object' ? OBJECT : STRIPPED_ARRAY;
  return { ...media, stripped: true, contentType: `${type}; nulls=stripped; charset=utf-8` };
};

/** Wildcards are asked last, as in PostgREST: CSV or anything means CSV. */
const isWild = (type: string): boolean => type.includes('*');

interface Offer {
  readonly media: Media;
  readonly quality: number;
  readonly wild: boolean;
}

const readOffer = (part: string): Offer | undefined => {
  const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const known = Object.hasOwn(MEDIA, type) ? MEDIA[type] : undefined;
  if (known === undefined) return undefined;
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const stripped = type.startsWith('application/vnd.pgrst.') && parameters.includes('nulls=stripped');
  return {
    media: stripped ? strip(known) : known,
    quality: q === undefined ? 1 : Number(q.slice(2)),
    wild: isWild(type),
  };
};

/** Chooses the form; JSON where nothing is asked for. Throws PGRST107 where nothing asked for can be given. */
export const chooseMedia = (accept: string | undefined): Media => {
  if (accept === undefined || accept.trim() === '') return ARRAY;
  checkBound('headerLength', accept.length);
  let best: Offer | undefined;
  for (const part of accept.split(',')) {
    const offer = readOffer(part);
    if (offer === undefined || !(offer.quality > 0)) continue;
    const isBetter =
      best === undefined ||
      (best.wild && !offer.wild) ||
      (best.wild === offer.wild && offer.quality > best.quality);
    if (isBetter) best = offer;
  }
  if (best === undefined) throw refuseMedia();
  return best.media;
};
