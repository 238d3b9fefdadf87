/** Sends a file in parts that survive a broken line and a closed page: tus 1.0.0, core protocol and creation. */
import { request } from '../../../../api/client.ts';
import { ApiProblem, CANCELLED } from '../../../../api/problem.ts';

/** Bytes of the first part; later ones grow or shrink so that one takes about a second. */
const FIRST_PART = 1_048_576;
const SMALLEST_PART = 262_144;
const LARGEST_PART = 33_554_432;
const PART_MS = 1_000;

/** Milliseconds before each further try of a part; after the last one the person is asked. */
const WAITS = [500, 1_500, 4_000, 10_000] as const;

const TUS = { 'tus-resumable': '1.0.0' } as const;

const inBase64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));

const uploadsPath = (company: string): string =>
  `/v1/companies/${encodeURIComponent(company)}/dataset-uploads`;

export const uploadPath = (company: string, upload: string): string =>
  `${uploadsPath(company)}/${encodeURIComponent(upload)}`;

/** Announces a file; the upload's id. @throws {ApiProblem} */
export const beginUpload = async (company: string, file: File): Promise<string> => {
  const reply = await request({
    method: 'POST',
    url: uploadsPath(company),
    headers: {
      ...TUS,
      'upload-length': String(file.size),
      'upload-metadata': `filename ${inBase64(file.name)}${file.type === '' ? '' : `,filetype ${inBase64(file.type)}`}`,
    },
  });
  const id = /upl_\w+/.exec(reply.headers.get('location') ?? '')?.[0];
  if (id === undefined) throw new ApiProblem(0, { title: 'The server did not say where to send the file.' });
  return id;
};

/** Bytes that the server has. @throws {ApiProblem} 404 where it has forgotten the upload. */
export const askOffset = async (company: string, upload: string, signal: AbortSignal): Promise<number> => {
  const reply = await request({ method: 'HEAD', url: uploadPath(company, upload), headers: TUS, signal });
  return Number(reply.headers.get('upload-offset') ?? 0);
};

const rest = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new ApiProblem(0, { code: CANCELLED, title: 'Cancelled' }));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });

/** What another try may mend: a line that broke, a server that is busy, an offset that is another by now. */
const mayPass = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  error.code !== CANCELLED &&
  (error.status === 0 || error.status >= 500 || [408, 409, 423, 429].includes(error.status));

export interface SendOptions {
  readonly company: string;
  readonly upload: string;
  readonly file: File;
  readonly signal: AbortSignal;
  /** Bytes that have arrived. */
  readonly onProgress: (bytes: number) => void;
}

const sendPart = async (
  { company, upload, file, signal }: SendOptions,
  from: number,
  to: number,
): Promise<number> => {
  const reply = await request({
    method: 'PATCH',
    url: uploadPath(company, upload),
    headers: {
      ...TUS,
      'upload-offset': String(from),
      'content-type': 'application/offset+octet-stream',
    },
    body: file.slice(from, to),
    signal,
  });
  return Number(reply.headers.get('upload-offset') ?? to);
};

/** Sends what the server does not have yet, to the end. @throws {ApiProblem} where several tries did not help. */
export const sendFile = async (options: SendOptions): Promise<void> => {
  const { company, upload, file, signal, onProgress } = options;
  let part = FIRST_PART;
  let tries = 0;
  let offset = await askOffset(company, upload, signal);
  onProgress(offset);
  while (offset < file.size) {
    const startedAt = performance.now();
    try {
      offset = await sendPart(options, offset, Math.min(file.size, offset + part));
      const took = Math.max(1, performance.now() - startedAt);
      const wanted = part * Math.min(4, PART_MS / took);
      part = Math.round(Math.min(LARGEST_PART, Math.max(SMALLEST_PART, wanted)));
      tries = 0;
      onProgress(offset);
    } catch (error) {
      const wait = WAITS[tries];
      if (signal.aborted || !mayPass(error) || wait === undefined) throw error;
      tries += 1;
      part = Math.max(SMALLEST_PART, Math.round(part / 4));
      await rest(wait, signal);
      offset = await askOffset(company, upload, signal).catch(() => offset);
    }
  }
};

/** Bytes at each end of a file by which it is known again. */
const KNOWN_BY = 65_536;

/** What a file is known by after a reload: its length and both of its ends. */
export const fingerprintOf = async (file: File): Promise<string> => {
  const ends = new Blob([file.slice(0, KNOWN_BY), file.slice(Math.max(0, file.size - KNOWN_BY))]);
  const digest = await crypto.subtle.digest('SHA-256', await ends.arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${file.size}-${hex}`;
};
