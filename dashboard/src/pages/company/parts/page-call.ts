/** The first call that a web page makes. */

/** JavaScript for a page. @param name a public key, or the id of a project; neither has anything to escape. */
export const pageCall = (origin: string, name: string): string => {
  const parameter = name.startsWith('prj_') ? 'pid' : 'key';
  return [
    `const question = new URLSearchParams({ q: 'Berlin', ${parameter}: '${name}' });`,
    `const reply = await fetch('${origin}/geocode/v1/json?' + question);`,
    'const { results } = await reply.json();',
    'console.log(results[0].formatted);',
  ].join('\n');
};
