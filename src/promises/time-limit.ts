/** Waits for something, but not for ever. */

/** The value, or an error after `limitMs`; what was waited for goes on and its result is dropped. */
export const withinTime = <Value>(work: Promise<Value>, limitMs: number): Promise<Value> => {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const timer = setTimeout(() => reject(new Error('took longer than its time limit')), limitMs).unref();
  void work.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
};
