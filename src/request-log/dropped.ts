/** How many rows of the request log were let go since the process started, counted by all of its threads. */

/** One counter of 64 bits. */
export const createDroppedBuffer = (): SharedArrayBuffer =>
  new SharedArrayBuffer(BigUint64Array.BYTES_PER_ELEMENT);

/** The counter, as any thread reads and raises it. */
export interface Dropped {
  add(count: number): void;
  read(): number;
}

export const openDropped = (buffer: SharedArrayBuffer): Dropped => {
  const cells = new BigUint64Array(buffer);
  return {
    add: (count) => void Atomics.add(cells, 0, BigInt(count)),
    read: () => Number(Atomics.load(cells, 0)),
  };
};

/** The figure on the metrics page. */
export const droppedGauge = (
  buffer: SharedArrayBuffer,
): { readonly name: string; readonly help: string; readonly value: number } => ({
  name: 'vouchsafe_request_log_dropped',
  help: 'Rows of request logs that were let go since the process started: too many waited, or the database refused them.',
  value: openDropped(buffer).read(),
});
