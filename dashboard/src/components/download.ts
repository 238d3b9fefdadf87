/** Saves what an operation gave as a file. */

/** Offers `content` under a file name, as the browser's download. */
export const download = (content: Blob | string, name: string): void => {
  const blob = typeof content === 'string' ? new Blob([content], { type: 'text/plain' }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; until this the blob would stay in memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
