// The plug-in without a page: a server's secret key, and the sources that a text box would show.
import { OpenCageGeoSearchPlugin } from '@opencage/geosearch-core';

// What it says meanwhile is not the answer.
console.debug = () => undefined;

const options = { key: process.env.VOUCHSAFE_KEY, debounce: 1 };
const ask = async (query, changes = {}) => {
  const [source] = await OpenCageGeoSearchPlugin({ ...options, ...changes }).getSources({ query });
  return source?.getItems();
};
process.stdout.write(
  JSON.stringify({
    found: await ask('Greno'),
    limited: await ask('San', { limit: 3, countrycode: 'us', language: 'fr', bounds: '-125,25,-65,50' }),
    short: await ask('Gr'),
    nothing: await ask('NOWHERE-INTERESTING'),
    wrongKey: (await ask('Greno', { key: 'oc_gs_wrong' })) ?? 'nothing',
  }),
);
