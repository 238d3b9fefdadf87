/** Thrown when the database cannot be used as configured; the message is one sentence for the operator that says what to do. */
export class CannotStart extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CannotStart';
  }
}
