/** A file on its way: begins, pauses, goes on, and is known again after a reload. */
import { useEffect, useRef, useState } from 'react';
import { ApiProblem, CANCELLED } from '../../../../api/problem.ts';
import { refresh } from '../../../../api/query.ts';
import { recall, remember } from '../../../../remember.ts';
import type { UploadState } from './shapes.ts';
import { beginUpload, fingerprintOf, sendFile } from './tus.ts';

export interface Sending {
  /** Bytes that have arrived; undefined while nothing is under way. */
  readonly sent: number | undefined;
  readonly problem: unknown;
  /** Sends a new file, or the rest of one; the upload's id. */
  readonly send: (file: File, unfinished?: UploadState) => Promise<void>;
  readonly pause: () => void;
  /** Ends it without a look at what has arrived: the upload goes. */
  readonly stop: () => void;
}

const keptUnder = (upload: string): string => `upload.${upload}`;

const checkSame = async (file: File, unfinished: UploadState): Promise<void> => {
  const known = recall(keptUnder(unfinished.id));
  const isSame =
    file.size === unfinished.length && (known === undefined || known === (await fingerprintOf(file)));
  if (!isSame) {
    throw new ApiProblem(0, {
      title: 'This is another file.',
      detail: `Choose “${unfinished.filename}” as it was, or discard the upload and begin anew.`,
    });
  }
};

/** @param onUpload told the id as soon as there is one, before the first byte goes. */
export const useSending = (company: string, onUpload: (upload: string) => void): Sending => {
  const [state, setState] = useState<Pick<Sending, 'sent' | 'problem'>>({
    sent: undefined,
    problem: undefined,
  });
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);
  const stop = (): void => {
    current.current?.abort();
    setState({ sent: undefined, problem: undefined });
  };
  return {
    ...state,
    send: async (file, unfinished) => {
      current.current?.abort();
      const { signal } = (current.current = new AbortController());
      setState({ sent: unfinished?.offset ?? 0, problem: undefined });
      try {
        if (unfinished !== undefined) await checkSame(file, unfinished);
        const upload = unfinished?.id ?? (await beginUpload(company, file));
        if (unfinished === undefined) remember(keptUnder(upload), await fingerprintOf(file));
        onUpload(upload);
        await sendFile({
          company,
          upload,
          file,
          signal,
          onProgress: (sent) => {
            if (!signal.aborted) setState({ sent, problem: undefined });
          },
        });
        await refresh('dataset-uploads.state', 'dataset-uploads.plan', 'dataset-uploads.list');
        setState({ sent: undefined, problem: undefined });
      } catch (error) {
        const isStopped = signal.aborted || (error instanceof ApiProblem && error.code === CANCELLED);
        if (!isStopped) setState({ sent: undefined, problem: error });
      }
    },
    stop,
    pause: () => {
      stop();
      void refresh('dataset-uploads.state', 'dataset-uploads.list');
    },
  };
};
