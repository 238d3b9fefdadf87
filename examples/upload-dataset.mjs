// Uploads a file as a dataset: node examples/upload-dataset.mjs wells.csv wells. The first time it makes the dataset, later a new
// version of it. A broken connection is gone on with. The key needs the scopes datasets:read and datasets:write.
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Upload } from 'tus-js-client';

const { VOUCHSAFE_URL = 'https://localhost:8443', VOUCHSAFE_KEY = '' } = process.env;
const [file = 'wells.csv', name = 'wells'] = process.argv.slice(2);
const headers = { authorization: `Bearer ${VOUCHSAFE_KEY}` };

const url = await new Promise((resolve, reject) => {
  const upload = new Upload(createReadStream(file), {
    endpoint: `${VOUCHSAFE_URL}/v1/dataset-uploads`,
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
  if (response.ok || answer.code === 'dataset_not_found') return answer;
  throw new Error(`${answer.code}: ${answer.title}`);
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
const begun = await ask('/load', { dataset: name });
if (begun.code === 'dataset_not_found') await ask('/load', { new: { name } });
const { phase, rows, version, failure } = await rest();
if (phase !== 'loaded') throw new Error(`Nothing was loaded: ${failure}`);
console.log(`${name} has ${rows} rows in version ${version}.`);
