// Code written for OpenCage, pointed here by one address: the client itself is the one from npm, unchanged.
import { geocode } from 'opencage-api-client';

const { VOUCHSAFE_URL = 'https://localhost:8443', VOUCHSAFE_KEY = '' } = process.env;

const answer = await geocode({
  q: process.argv[2] ?? 'Paris, Texas',
  key: VOUCHSAFE_KEY,
  proxyURL: `${VOUCHSAFE_URL}/geocode/v1/json`,
});
for (const { formatted, geometry } of answer.results)
  console.log(`${formatted} (${geometry.lat}, ${geometry.lng})`);
