/** Whose work the shipped data of Internet addresses are: a part of the list in `attributions.ts`. */
import type { Attribution } from './attributions.ts';

const CC_BY: Attribution['licence'] = {
  name: 'Creative Commons Attribution 4.0 International',
  spdx: 'CC-BY-4.0',
  url: 'https://creativecommons.org/licenses/by/4.0/',
};

/** Made by `gazetteer/visitor/addresses/build.ts`; what operators import instead names its own. */
export const ADDRESS_DATA: readonly Attribution[] = [
  {
    name: 'DB-IP',
    url: 'https://db-ip.com',
    use: 'City, region and coordinates of Internet addresses, and names of networks (IP to City Lite and IP to ASN Lite, through ip-location-db).',
    notice: 'IP Geolocation by DB-IP',
    changes:
      'Cities are taken only where the registered country is the same; codes of regions and time zones are added; packed into a compact index.',
    licence: CC_BY,
  },
  {
    name: 'ip-location-db',
    url: 'https://github.com/sapics/ip-location-db',
    use: 'The country that Internet addresses are registered and announced for (geo-whois-asn-country), and the packages through which the other data of addresses come.',
    notice: 'By sapics and contributors.',
    changes: 'Joined with cities and packed into a compact index.',
    licence: {
      name: 'Creative Commons Zero v1.0 Universal',
      spdx: 'CC0-1.0',
      url: 'https://creativecommons.org/publicdomain/zero/1.0/',
    },
  },
  {
    name: 'Number Resource Organization',
    url: 'https://www.nro.net/',
    use: 'Statistics of the Internet registries behind the countries and networks of addresses, through ip-location-db.',
    notice: 'Contains statistics of the Number Resource Organization (nro.net), licensed under CC BY 4.0.',
    changes: 'None but those of ip-location-db and of packing.',
    licence: CC_BY,
  },
  {
    name: 'RouteViews',
    url: 'https://www.routeviews.org/',
    use: 'Which network announces an Internet address, through ip-location-db.',
    notice:
      'Contains data of the University of Oregon RouteViews Project (routeviews.org), licensed under CC BY 4.0.',
    changes: 'None but those of ip-location-db and of packing.',
    licence: CC_BY,
  },
  {
    name: 'X4BNet lists_vpn',
    url: 'https://github.com/X4BNet/lists_vpn',
    use: 'Which networks are data centres and VPNs.',
    notice: 'Copyright (c) 2024 X4B (Mathew Heard).',
    changes:
      'Only the lists of autonomous systems are taken, without those that they name as something else; satellite operators are added by us.',
    licence: {
      name: 'MIT License',
      spdx: 'MIT',
      url: 'https://github.com/X4BNet/lists_vpn#license',
    },
  },
];
