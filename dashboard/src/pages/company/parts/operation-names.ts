/** Operations of the services in words; those that are not here go by their own name. */
const NAMES: Readonly<Record<string, string>> = {
  'geocoding.forward': 'Find a place by its name',
  'geocoding.reverse': 'Find the place at a coordinate',
  'geocoding.geojson': 'Find a place, as GeoJSON',
  'geocoding.xml': 'Find a place, as XML',
  'geocoding.google': "Find a place, in Google's format",
  'geocoding.suggest': 'Suggest places while somebody types',
  'geocoding.ping': 'Does the geocoder answer?',
  'geocoding.unknown': 'Paths that the geocoder does not have',
  'visitor.contract': 'Who is visiting, as VisitorAPI',
  'visitor.own': 'Who is visiting',
  'visitor.lookup': 'Look an address up',
  'visitor.batch': 'Look many addresses up',
  'datasets.select': 'Read rows of a dataset',
  'datasets.insert': 'Add rows to a dataset',
  'datasets.update': 'Change rows of a dataset',
  'datasets.upsert': 'Put one row of a dataset',
  'datasets.remove': 'Remove rows of a dataset',
  'datasets.exportByKey': 'Download a dataset',
  'datasets.searchByKey': 'Search in all texts of a dataset',
  'datasets.statisticsByKey': 'Statistics of columns',
  'authzen.evaluation': 'May this user do this with this dataset?',
  'authzen.evaluations': 'Several decisions at once',
  'authzen.search-action': 'What may this user do with this dataset?',
  'authzen.search-resource': 'With which datasets may this user do this?',
  'authzen.search-subject': 'Who may do this with this dataset?',
};

/** Those that a caller with a key can ask for, which is what a request log can hold. */
export const LOGGED_OPERATIONS: readonly string[] = [
  'geocoding.forward',
  'geocoding.reverse',
  'visitor.contract',
  'visitor.own',
  'visitor.lookup',
  'visitor.batch',
];

export const operationName = (operation: string): string | undefined => NAMES[operation];
