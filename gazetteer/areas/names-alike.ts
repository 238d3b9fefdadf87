/** When two spellings of a subdivision's name are one name: `Jihomoravský kraj` and `South Moravian Region` are not, `Ağcabǝdi` and `Ağcabədi` are. */

/** What kinds of areas are called, in English and in the languages of the lists, and articles. */
const KINDS =
  /\b(?:the|of|and|province|provinces|region|regions|state|district|county|counties|department|departement|departamento|provincia|prefecture|governorate|oblast|oblasti|oblysy|raion|raionul|rayon|rayonu|municipality|municipalitat|city|canton|emirate|parish|republic|respublika|autonomous|capital|territory|krai|kray|voivodeship|novads|opstina|regional|federal|islands?|division|muhafazat|baladiyat|comarca|atoll|atholhu|comunidad|foral|regiao|estado|distrito|concelho|kraj|zupanija|megye|judet|wilayat|area|special|shi|do|ken|fu|lan|changwat|tinh|apskritis|savivaldybe|maakond|obcina|community|velayat|viloyati|urban|borough|corporation|pradesh|voblasts|al|ad|as|ash|an|ar|az|at|el|de|du|la|le|les|il|is|in|ir|it|ta|dos|des|da)\b/gu;

const plain = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ıǝəøłđæßþð]/gu, (letter) => LETTERS[letter] ?? letter)
    .replace(/[’'`ʻʼ‘ʹ]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const LETTERS: Readonly<Record<string, string>> = {
  ı: 'i',
  ǝ: 'a',
  ə: 'a',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  æ: 'ae',
  ß: 'ss',
  þ: 'th',
  ð: 'd',
};

/** One spelling for what is written alike but for accents and case. */
export const wholeName = (name: string): string => plain(name);

/** The same without the words for kinds of areas. */
export const bareName = (name: string): string => plain(name).replace(KINDS, ' ').replaceAll(' ', '');

/** Consonants alone, as different transcriptions share them; empty where there are fewer than three. */
export const skeleton = (name: string): string => {
  const bones = bareName(name)
    .replace(/ch|cz|c(?=[ei])/gu, 'c')
    .replace(/sh|sz|sch/gu, 's')
    .replace(/kh|gh|h/gu, '')
    .replaceAll('dj', 'j')
    .replaceAll(/[qc]/gu, 'k')
    .replaceAll('w', 'v')
    .replace(/[aeiouyj]/gu, '')
    .replace(/(.)\1+/gu, '$1');
  return bones.length < 3 ? '' : bones;
};
