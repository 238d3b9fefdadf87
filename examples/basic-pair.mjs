// Reverse geocoding with a key pair as HTTP Basic; prints what lies at a coordinate.
const {
  VOUCHSAFE_URL = 'https://localhost:8443',
  VOUCHSAFE_KEY = '',
  VOUCHSAFE_PUBLIC_KEY = '',
} = process.env;

const url = new URL('/geocode/v1/json', VOUCHSAFE_URL);
url.searchParams.set('q', process.argv[2] ?? '48.2084,16.3725');

const pair = Buffer.from(`${VOUCHSAFE_PUBLIC_KEY}:${VOUCHSAFE_KEY}`).toString('base64');
const response = await fetch(url, { headers: { authorization: `Basic ${pair}` } });
const { status, results } = await response.json();
if (!response.ok) throw new Error(`${status.code} ${status.message}`);

const [place] = results;
console.log(place === undefined ? 'Open sea.' : `${place.formatted}, ${place.distance_from_q.meters} m away`);
