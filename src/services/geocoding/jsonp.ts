/** JSON with padding, as the contract still has it: data that is executed, so the name is held to a narrow form. */

const LONGEST = 128;
/** Plain identifiers with dots between them: nothing that a browser could read as more than a name. */
const CALLBACK = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/u;

/** Whether a text may stand as the name of the function in an answer. */
export const isCallback = (text: string): boolean => text.length <= LONGEST && CALLBACK.test(text);

/**
 * A call of the function with the JSON text. The empty comment in front keeps the beginning of the file from being the
 * caller's to choose ("Rosetta Flash", CVE-2014-4671); the two line separators end a line in older JavaScript.
 */
export const wrapInCallback = (callback: string, json: string): string =>
  `/**/${callback}(${json
    .trimEnd()
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`)});`;
