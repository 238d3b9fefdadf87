/** What uploads may cost an installation: bytes, rows of the database, time. */

const MEBIBYTE = 1024 * 1024;
const GIBIBYTE = 1024 * MEBIBYTE;

/** One file. A longer one is refused before its first byte. */
export const MOST_BYTES = 10 * GIBIBYTE;

/** Files of one company on their way at once, and their bytes together. */
export const MOST_UPLOADS = 50;
export const MOST_BYTES_OF_COMPANY = 20 * GIBIBYTE;

/** Bytes that are stored at once. PATCH requests of any size are cut into such pieces. */
export const PIECE_BYTES = MEBIBYTE;

/** Pieces that are deleted at once: some 1.7 ms each, so that a statement takes half a second and not the ten that it has. */
export const MOST_PIECES_REMOVED = 256;

/** Rejected rows that are deleted at once. */
export const MOST_REJECTIONS_REMOVED = 10_000;

/** PATCH requests that one worker thread takes at once; each holds a piece or two. */
export const MOST_ARRIVING = 32;

/** An upload that nothing happens to is forgotten after this time. */
export const KEPT_MS = 86_400_000;

/** Rejected rows that are kept for their uploader; all are counted. */
export const MOST_REJECTIONS = 10_000;

/** A rejection says no more than this of a cell or a column. */
export const LONGEST_REASON = 300;

/** How often a thread that looks or loads says that it lives, and asks whether it may go on. */
export const BEAT_MS = 1_000;

/** After this long without a word, another one takes it up from its beginning. */
export const STALE_MS = 20_000;

/** How often one is taken up by somebody who is never heard of again: a file may end the whole process, and the next one. */
export const MOST_TRIES = 3;

/** A file of as many bytes that is ordered in advance is looked at and copied while it comes; shorter ones are not worth a thread. */
export const LEAST_FOLLOWED = 4 * MEBIBYTE;

/** Of which so many tell what it is likely to hold. */
export const GUESSED_BYTES = MEBIBYTE;

/** How long a thread waits for bytes that come slower than it reads them, all in all, before it leaves them until they are there. */
export const MOST_WAITED_MS = 60_000;

/** How often it looks whether more has come. */
export const GLANCE_MS = 20;

/** Loads and looks of one process at once, each in a thread of its own. */
export const MOST_AT_WORK = 2;

/** Besides, those that follow what comes: who sends slowly keeps none of the others waiting. */
export const MOST_FOLLOWING = 1;

/** `Upload-Metadata` in bytes. */
export const LONGEST_METADATA = 4096;

/** Upload-Metadata has room for more, but nobody's files are called longer. */
export const LONGEST_FILENAME = 255;
export const LONGEST_FILETYPE = 127;

/** What is said of where a file cannot be read. */
export const LONGEST_DETAIL = 500;
