// Uploads a file as a dataset: node examples/upload-dataset.mjs wells.csv wells. The first time it makes the dataset, later a new
// version of it. A broken connection is gone on with. The key needs the scopes datasets:read and datasets:write.
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Upload } from 'tus-js-client';

const { VOUCHSAFE_URL = 'https://localhost:8443', VOUCHSAFE_KEY = '' } = process.env;
const [file = 'wells.csv', name = 'wells'] = process.argv.slice(2);
const headers = { authorization: `Bearer ${VOUCHSAFE_KEY}` };

// What went wrong, and not the request, in which the key stands.
process.on('uncaughtException', ({ message }) => {
  console.error(message);
  process.exit(1);
});

const ask = async (url, body) => {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (response.ok || answer.code === 'dataset_not_found') return answer;
  throw new Error(`${answer.code}: ${answer.title}`);
};

/** Ordered before the first byte, so that it is looked at and loaded while it comes. */
const order = async (url) => {
  const ordered = await ask(`${url}/load`, { dataset: name });
  if (ordered.code === 'dataset_not_found') await ask(`${url}/load`, { new: { name } });
};

const url = await new Promise((resolve, reject) => {
  let ordered;
  const upload = new Upload(createReadStream(file), {
    endpoint: `${VOUCHSAFE_URL}/v1/dataset-uploads`,
    headers,
    uploadSize: statSync(file).size,
    chunkSize: 8 * 1024 * 1024,
    metadata: { filename: basename(file) },
    // Called again where it goes on after a broken connection.
    onUploadUrlAvailable: () => {
      ordered ??= order(upload.url).catch(reject);
    },
    onError: reject,
    onSuccess: () => ordered.then(() => resolve(upload.url)),
  });
  upload.start();
});

for (;;) {
  const { phase, rows, version, failure, detail } = await ask(`${url}/state`);
  if (phase === 'loaded') {
    console.log(`${name} has ${rows} rows in version ${version}.`);
    break;
  }
  if (phase === 'unreadable') throw new Error(`The file cannot be read: ${failure} ${detail ?? ''}`);
  if (phase === 'failed') throw new Error(`Nothing was loaded: ${failure}`);
  await pause(500);
}
