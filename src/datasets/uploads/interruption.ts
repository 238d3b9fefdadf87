/** Ends of a look or a load that are nobody's bug: each has a code of its own, which its uploader is told. */

/** An end that the uploader is told of; nothing was loaded. */
export class LoadFailure extends Error {
  /** `^[a-z_]{1,40}$`; stable API. */
  readonly code: string;
  /** A sentence that says where in the file; quotes nothing of it. */
  readonly detail: string | undefined;
  constructor(code: string, detail?: string) {
    super(code);
    this.detail = detail;
    this.name = 'LoadFailure';
    this.code = code;
  }
}

/** Bytes are not there any more, after a crash of the database: they have to be sent again. */
export class BytesLost extends LoadFailure {
  constructor() {
    super('bytes_lost');
  }
}

/** The work is no longer ours: taken back by its uploader, gone with its company, or taken up by another process. */
export class NotOurs extends Error {}

/** Bytes come slower than they are read: they are left until all are there. */
export class Stalled extends Error {}
