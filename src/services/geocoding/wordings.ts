/** Other wordings of a text that was not found as it stands: kinds left out, abbreviations written out, brackets opened. */

const BEFORE =
  /^\s*(?:(?:the\s+)?(?:federal\s+state|free\s+state|state|province|region|county|city|town|township|village|borough|municipality|district|republic|kingdom|canton|prefecture|governorate|commonwealth)\s+of|county|co\.?|city|stadt|große\s+kreisstadt|kreisstadt|hansestadt|landeshauptstadt|gemeinde|markt|landkreis|kreis|bundesland|land|freistaat|kanton|provinz|ville\s+d[e'’u]|commune\s+d[e'’u]|canton\s+d[e'’u]|département\s+d[e'’u]|province\s+d[e'’u]|région\s+d[e'’u]|comune\s+d[i'’]|città\s+d[i'’]|provincia\s+d[ie'’]|regione|ciudad\s+de|municipio\s+de|provincia\s+de|estado\s+d[eo]|cidade\s+d[eo]|município\s+d[eo]|gemeente|provincie|miasto|gmina|powiat|województwo|г\.|город|м\.|місто)(?:\s+|(?<=['’.])\s*)(?=\S)/iu;
const AFTER =
  /\s+(?:city|town|township|village|borough|municipality|district|county|co\.?|region|province|state|prefecture|oblast|governorate|department|parish|canton|voivodeship)\.?\s*$/iu;

/** The text with such words left out of each of its parts, `City of Chicago` → `Chicago`. */
export const withoutKindWords = (text: string): string =>
  // One space each: the patterns would go over a long run of them once for each of its characters.
  text
    .replaceAll(/\s+/gu, ' ')
    .split(',')
    .map((part) => {
      // Only one of them: `City of Yuba City` is `Yuba City`.
      const after = part.replace(BEFORE, ' ');
      const bare = after === part ? part.replace(AFTER, '') : after;
      return bare.trim() === '' ? part : bare;
    })
    .join(',');

/**
 * Abbreviations in names of places, and what each may stand for. English ones are those of the United States Postal
 * Service (Publication 28, appendix C); the others stand on signs and maps of their countries.
 */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  bch: 'Beach',
  cd: 'Ciudad',
  cnel: 'Coronel',
  ctr: 'Center',
  fls: 'Falls',
  gr: 'Groß',
  gral: 'General',
  grv: 'Grove',
  hbr: 'Harbor',
  hts: 'Heights',
  is: 'Island|Islands',
  jct: 'Junction',
  kl: 'Klein',
  lk: 'Lake',
  lks: 'Lakes',
  maz: 'Mazowiecki|Mazowiecka',
  mtn: 'Mountain',
  pt: 'Port|Point',
  pto: 'Puerto|Porto',
  rdg: 'Ridge',
  s: 'San|São',
  spgs: 'Springs',
  st: 'Sankt|Sint',
  sta: 'Santa',
  sto: 'Santo',
  vlg: 'Village',
  vly: 'Valley',
  wlkp: 'Wielkopolski|Wielkopolska',
  śl: 'Śląski|Śląska|Śląskie',
};
const ABBREVIATED = new RegExp(
  `(?<![\\p{L}\\p{M}\\p{N}'’])(?:${Object.keys(ABBREVIATIONS).join('|')})(?![\\p{L}\\p{M}\\p{N}'’])\\.?`,
  'giu',
);
/** What one abbreviation stands for at most. */
const MOST_MEANINGS = 3;

/** The text with its abbreviations written out, the `choice`th meaning of each that has so many. */
const writtenOut = (text: string, choice: number): string =>
  text.replace(ABBREVIATED, (short) => {
    const meanings = ABBREVIATIONS[short.replace('.', '').toLowerCase()]?.split('|') ?? [short];
    return `${meanings[choice] ?? meanings[0] ?? short} `;
  });

/** What stands in brackets, behind a dash, bar or slash, or behind `in der` and the like says where, or repeats the name. */
const ASIDE =
  /\s*(?:\s[-–—]\s|[|/()]|\s(?:in der|in den|in|im|bei|near|nr|près de|cerca de|vicino a|perto de)\.?\s)\s*/giu;

/** The widest of areas, which narrows nothing; behind a comma only, since `South Africa` is a country. */
const CONTINENT =
  /\s*,\s*(?:europe|europa|asia|asien|africa|afrika|north america|south america|oceania|antarctica|antarktis)\s*$/iu;

/** CLDR writes `&` where people write `and the`. */
const AND_THE = /\s+and\s+(?:the\s+)?/giu;

/** Wordings that are tried at most. */
export const MOST_REWORDINGS = 6;

/**
 * Other wordings of a text, the least changed first, none of them the text itself: each change is made on top of those
 * before it, so that `City of Mt. Vernon (NY)` becomes `Mount Vernon, NY`.
 */
export const rewordings = (raw: string): readonly string[] => {
  const text = raw.replaceAll(/\s+/gu, ' ');
  const found: string[] = [];
  const add = (wording: string): string => {
    if (wording !== text && !found.includes(wording) && found.length < MOST_REWORDINGS) found.push(wording);
    return wording;
  };
  const settled = add(text.replace(CONTINENT, ''));
  const opened = add(add(withoutKindWords(settled)).replace(ASIDE, ', '));
  if (ABBREVIATED.test(opened)) {
    ABBREVIATED.lastIndex = 0;
    for (let choice = 0; choice < MOST_MEANINGS; choice++) add(writtenOut(opened, choice));
  }
  add(opened.replace(AND_THE, ' & '));
  return found;
};
