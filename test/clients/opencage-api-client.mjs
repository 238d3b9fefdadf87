// The checks of the client's own smoke and test-key suites, and the calls that people make with it.
import { geocode } from 'opencage-api-client';

const { VOUCHSAFE_URL, VOUCHSAFE_KEY } = process.env;
const proxyURL = `${VOUCHSAFE_URL}/geocode/v1/json`;
const ask = (input) => geocode({ key: VOUCHSAFE_KEY, proxyURL, ...input });
const statusOf = (input) =>
  ask(input).then(
    ({ status }) => status,
    (error) => ({ name: error.name, ...error.status }),
  );

const [forward, reverse, native, nowhere] = await Promise.all([
  ask({ q: 'Friedrichshafen', no_annotations: 0, limit: 3 }),
  ask({ q: '37.4396, -122.1864', roadinfo: 1 }),
  ask({ q: '51.952659,7.632473', language: 'native', no_annotations: 1 }),
  ask({ q: 'NOWHERE-INTERESTING' }),
]);
const keys = [
  '6d0e711d72d74daeb2b0bfd2a5cdfdba',
  '4372eff77b8343cebfc843eb4da4ddc4',
  '2e10e5e828262eb243ec0b54681d699a',
  'd6d0f0065f4348a4bdfe4587ba02714b',
];
const testKeys = [];
for (const key of keys) testKeys.push(await statusOf({ q: 'Brandenburg Gate', key }));
process.stdout.write(
  JSON.stringify({
    forward,
    reverse,
    native,
    nowhere,
    testKeys,
    wrongKey: await statusOf({ q: 'Rome', key: 'wrong' }),
    noQuery: await statusOf({ q: ' ' }),
  }),
);
