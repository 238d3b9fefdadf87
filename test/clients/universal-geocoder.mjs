import { createRequire } from 'node:module';

// Its ESM form imports folders, which Node does not take.
const { default: geocoder } = createRequire(import.meta.url)('universal-geocoder');

const ask = (method, query, apiKey = process.env.VOUCHSAFE_KEY) =>
  new Promise((resolve) => {
    geocoder.createGeocoder({ provider: 'opencage', apiKey, useSsl: true })[method](
      query,
      (results) => resolve(results.map((result) => result.toObject())),
      (error) => resolve({ error: error.message }),
    );
  });

process.stdout.write(
  JSON.stringify({
    forward: await ask('geocode', {
      text: 'Springfield',
      countryCodes: ['us'],
      proximity: { latitude: 44.05, longitude: -123.09 },
      minPrecision: 2,
      noRecord: true,
      locale: 'de',
    }),
    reverse: await ask('geodecode', { coordinates: { latitude: 48.2084, longitude: 16.3725 } }),
    remote: await ask('geodecode', { coordinates: { latitude: -80, longitude: 100 } }),
    nowhere: await ask('geocode', 'NOWHERE-INTERESTING'),
    wrongKey: await ask('geocode', 'Paris', 'wrong'),
  }),
);
