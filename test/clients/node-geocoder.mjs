import NodeGeocoder from 'node-geocoder';

const geocoder = NodeGeocoder({ provider: 'opencage', apiKey: process.env.VOUCHSAFE_KEY });
const wrong = NodeGeocoder({ provider: 'opencage', apiKey: 'wrong' });
process.stdout.write(
  JSON.stringify({
    forward: await geocoder.geocode('Paris, Texas'),
    narrowed: await geocoder.geocode({
      address: 'Springfield',
      countryCode: 'us',
      bounds: [-125, 40, -70, 50],
      limit: 5,
      minConfidence: 4,
      language: 'de',
    }),
    reverse: await geocoder.reverse({ lat: 48.2084, lon: 16.3725 }),
    atSea: await geocoder.reverse({ lat: 30, lon: -40 }),
    remote: await geocoder.reverse({ lat: -80, lon: 100 }),
    batch: await geocoder.batchGeocode(['Rome', 'Qxzvbn']),
    wrongKey: await wrong.geocode('Paris'),
  }),
);
