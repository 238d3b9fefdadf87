// Uploads a file as a new dataset: node examples/upload-dataset.mjs wells.csv wells. A broken connection is gone on with.
// VOUCHSAFE_COOKIE is the cookie of somebody who has signed in, VOUCHSAFE_COMPANY the company's id.
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Upload } from 'tus-js-client';

const {
  VOUCHSAFE_URL = 'https://localhost:8443',
  VOUCHSAFE_COMPANY = '',
  VOUCHSAFE_COOKIE = '',
} = process.env;
const [file = 'wells.csv', name = 'wells'] = process.argv.slice(2);
const headers = { cookie: VOUCHSAFE_COOKIE, 'sec-fetch-site': 'same-origin' };

const url = await new Promise((resolve, reject) => {
  const upload = new Upload(createReadStream(file), {
    endpoint: `${VOUCHSAFE_URL}/v1/companies/${VOUCHSAFE_COMPANY}/dataset-uploads`,
    headers,
    uploadSize: statSync(file).size,
    chunkSize: 8 * 1024 * 1024,
    metadata: { filename: basename(file) },
    onError: reject,
    onSuccess: () => resolve(upload.url),
  });
  upload.start();
});

const ask = async (path, body) => {
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.title}`);
  return answer;
};
const rest = async () => {
  for (;;) {
    const state = await ask('/state');
    if (state.phase !== 'looking' && state.phase !== 'loading') return state;
    await pause(500);
  }
};

const found = await rest();
if (found.phase !== 'ready')
  throw new Error(`The file cannot be read: ${found.failure} ${found.detail ?? ''}`);
await ask('/load', { new: { name, visibility: 'private' } });
const { phase, rows, version, failure } = await rest();
if (phase !== 'loaded') throw new Error(`Nothing was loaded: ${failure}`);
console.log(`${name} has ${rows} rows in version ${version}.`);
