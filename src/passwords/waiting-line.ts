/** Who waits for a hash thread: first come, first served, with room for so many, and for so many of one source. */

export interface WaitingLine<Job> {
  /** Puts a job at the end; says why where there is no room. */
  join(job: Job, source: string): 'joined' | 'full' | 'too_many';
  /** Takes the first job out. */
  next(): Job | undefined;
  readonly length: number;
}

export interface WaitingLineOptions {
  /** Jobs that may wait. */
  readonly limit: number;
  /** Jobs of one source that may wait. */
  readonly limitPerSource: number;
}

/** A line in memory. A source is forgotten with its last waiting job. */
export const createWaitingLine = <Job>({ limit, limitPerSource }: WaitingLineOptions): WaitingLine<Job> => {
  const waiting: { readonly job: Job; readonly source: string }[] = [];
  const shares = new Map<string, number>();
  return {
    join: (job, source) => {
      const share = shares.get(source) ?? 0;
      if (share >= limitPerSource) return 'too_many';
      if (waiting.length >= limit) return 'full';
      waiting.push({ job, source });
      shares.set(source, share + 1);
      return 'joined';
    },
    next: () => {
      const first = waiting.shift();
      if (first === undefined) return undefined;
      const share = (shares.get(first.source) ?? 1) - 1;
      if (share === 0) shares.delete(first.source);
      else shares.set(first.source, share);
      return first.job;
    },
    get length() {
      return waiting.length;
    },
  };
};
