/** Words around a name that say what it is of, in the languages in which people write them most. */

const BEFORE =
  /^\s*(?:(?:the\s+)?(?:federal\s+state|free\s+state|state|province|region|county|city|town|township|village|borough|municipality|district|republic|kingdom|canton|prefecture|governorate|commonwealth)\s+of|county|co\.?|city|stadt|große\s+kreisstadt|kreisstadt|hansestadt|landeshauptstadt|gemeinde|markt|landkreis|kreis|bundesland|land|freistaat|kanton|provinz|ville\s+d[e'’u]|commune\s+d[e'’u]|canton\s+d[e'’u]|département\s+d[e'’u]|province\s+d[e'’u]|région\s+d[e'’u]|comune\s+d[i'’]|città\s+d[i'’]|provincia\s+d[ie'’]|regione|ciudad\s+de|municipio\s+de|provincia\s+de|estado\s+d[eo]|cidade\s+d[eo]|município\s+d[eo]|gemeente|provincie|miasto|gmina|powiat|województwo|г\.|город|м\.|місто)(?:\s+|(?<=['’.])\s*)(?=\S)/iu;
const AFTER =
  /\s+(?:city|town|township|village|borough|municipality|district|county|co\.?|region|province|state|prefecture|oblast|governorate|department|parish|canton|voivodeship)\.?\s*$/iu;

/** The text with such words left out of each of its parts, `City of Chicago` → `Chicago`; undefined where there are none. */
export const withoutKindWords = (text: string): string | undefined => {
  let changed = false;
  const parts = text.split(',').map((part) => {
    const bare = part.replace(BEFORE, ' ').replace(AFTER, '');
    if (bare === part || bare.trim() === '') return part;
    changed = true;
    return bare;
  });
  return changed ? parts.join(',') : undefined;
};
