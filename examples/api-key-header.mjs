// Forward geocoding with nothing but Node's fetch; prints the first result's line and coordinates.
const { VOUCHSAFE_URL = 'https://localhost:8443', VOUCHSAFE_KEY = '' } = process.env;

const url = new URL('/geocode/v1/json', VOUCHSAFE_URL);
url.searchParams.set('q', process.argv[2] ?? 'Paris, Texas');

const response = await fetch(url, { headers: { 'x-api-key': VOUCHSAFE_KEY } });
const { status, results } = await response.json();
if (!response.ok) throw new Error(`${status.code} ${status.message}`);

const [first] = results;
if (first === undefined) console.log('No such place.');
else console.log(`${first.formatted} (${first.geometry.lat}, ${first.geometry.lng})`);
