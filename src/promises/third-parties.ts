/** The promise that our pages load nothing from anybody else, read from their HTML, their style sheets and their policy. */
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import type { SeenAnswer } from '../http/promises.ts';

/** How to fetch our pages. */
export interface ThirdPartiesOptions {
  readonly fetch: (path: string) => Promise<SeenAnswer>;
  /** The origin of the public URL. */
  readonly origin: string;
  /** Paths of the pages. */
  readonly pages: readonly string[];
  readonly repeat?: string;
}

/** A tag with its attributes; values with `>` in them do not occur in our escaped markup. */
const TAG = /<([a-z][a-z0-9-]*)\b([^>]*)>/gi;
const ATTRIBUTE = /([a-z][a-z0-9:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/** Attributes whose addresses a browser fetches or posts to without being asked. */
const FETCHED: ReadonlySet<string> = new Set([
  'src',
  'srcset',
  'href',
  'xlink:href',
  'action',
  'formaction',
  'poster',
  'data',
  'background',
  'ping',
  'manifest',
  'imagesrcset',
]);

const LEAVES: ReadonlySet<string> = new Set(['a', 'area']);

const decodeEntities = (text: string): string =>
  text
    .replace(/&(?:amp|#38|#x26);/gi, '&')
    .replace(/&(?:#47|#x2f|sol);/gi, '/')
    .replace(/&(?:#58|#x3a|colon);/gi, ':');

const addressesIn = (attribute: string, value: string): string[] =>
  attribute.endsWith('srcset') ? value.split(',').map((part) => part.trim().split(/\s/)[0] ?? '') : [value];

/** Addresses in a style sheet or a style attribute (CSS Values 4 §4.5, CSS Cascade 5 §2). */
const addressesInCss = (css: string): string[] =>
  [...css.matchAll(/url\(\s*["']?([^"')]*)|@import\s+["']([^"']*)/gi)].map(
    (match) => match[1] ?? match[2] ?? '',
  );

/** What a page makes a browser fetch, and separately which of it are style sheets. */
export const fetchedBy = (
  html: string,
): { readonly all: readonly string[]; readonly styles: readonly string[] } => {
  const all: string[] = addressesInCss(html);
  const styles: string[] = [];
  for (const [, tag = '', inside = ''] of html.matchAll(TAG)) {
    const attributes = [...inside.matchAll(ATTRIBUTE)].map(
      ([, name = '', double, single, bare]) =>
        [name.toLowerCase(), decodeEntities(double ?? single ?? bare ?? '')] as const,
    );
    const get = (name: string): string | undefined =>
      attributes.find((attribute) => attribute[0] === name)?.[1];
    for (const [name, value] of attributes) {
      const isLink = name === 'href' && LEAVES.has(tag.toLowerCase());
      if (FETCHED.has(name) && !isLink) all.push(...addressesIn(name, value));
    }
    if (tag.toLowerCase() === 'base') all.push(get('href') ?? '');
    const refresh =
      get('http-equiv')?.toLowerCase() === 'refresh' ? get('content')?.split(/url\s*=/i)[1] : undefined;
    if (refresh !== undefined) all.push(refresh.trim());
    if (tag.toLowerCase() === 'link' && get('rel')?.toLowerCase() === 'stylesheet')
      styles.push(get('href') ?? '');
  }
  return { all, styles };
};

const isOurs = (address: string, base: string, origin: string): boolean => {
  if (address === '' || /^(?:data|blob|about):/i.test(address)) return true;
  return URL.canParse(address, base) && new URL(address, base).origin === origin;
};

/** Sources that name no host (CSP 3 §2.3.1). */
const NO_HOST =
  /^(?:'(?:self|none|strict-dynamic|report-sample|unsafe-[a-z-]+|wasm-unsafe-eval|nonce-[^']+|sha(?:256|384|512)-[^']+)'|data:|blob:)$/i;

/** Directives without sources, or with words of their own. */
const WITHOUT_SOURCES: ReadonlySet<string> = new Set([
  'upgrade-insecure-requests',
  'block-all-mixed-content',
  'sandbox',
  'trusted-types',
  'require-trusted-types-for',
  'report-to',
]);

/** Why a policy lets something else in, or undefined. */
export const faultOfPolicy = (policy: string, origin: string): string | undefined => {
  const directives = policy.split(';').map((directive) => directive.trim().split(/\s+/));
  if (!directives.some(([name]) => name?.toLowerCase() === 'default-src')) return 'sets no default';
  for (const [name = '', ...sources] of directives) {
    if (WITHOUT_SOURCES.has(name.toLowerCase())) continue;
    const strange = sources.find((source) => !NO_HOST.test(source) && source !== origin);
    if (strange !== undefined) return `lets ${name} reach another host`;
  }
  return undefined;
};

const lookAt = async (
  { fetch, origin }: ThirdPartiesOptions,
  page: string,
  styles: Set<string>,
): Promise<string | undefined> => {
  const answer = await fetch(page);
  if (answer.status !== 200) throw new Error('a page is not there');
  const fault = faultOfPolicy(answer.headers['content-security-policy'] ?? '', origin);
  if (fault !== undefined) return `The content security policy of ${page} ${fault}.`;
  const base = new URL(page, origin).href;
  const { all, styles: linked } = fetchedBy(answer.body);
  const headers = [...(answer.headers['link'] ?? '').matchAll(/<([^>]*)>/g)].map((match) => match[1] ?? '');
  if (![...all, ...headers].every((address) => isOurs(address, base, origin))) {
    return `The page ${page} fetches something from another host.`;
  }
  for (const style of linked) {
    const url = new URL(style, base);
    styles.add(url.pathname + url.search);
  }
  return undefined;
};

/** Pages come from this server alone, and their policy forbids anything else. */
export const noThirdParties = (options: ThirdPartiesOptions): PromiseDefinition => ({
  id: 'no-third-parties',
  kind: 'repeatable from outside',
  sentence: () =>
    'Our pages load nothing from any other host: no script, no style, no font, no picture, no counter.',
  enforcedBy:
    'Every page carries a Content-Security-Policy that lets it reach this server alone; browsers enforce it.',
  ...(options.repeat === undefined ? {} : { repeat: options.repeat }),
  check: async (): Promise<CheckResult> => {
    const { fetch, origin, pages } = options;
    const styles = new Set<string>();
    for (const page of pages) {
      const fault = await lookAt(options, page, styles);
      if (fault !== undefined) return { state: 'broken', evidence: fault };
    }
    for (const style of styles) {
      const base = new URL(style, origin).href;
      const { status, body } = await fetch(style);
      if (status !== 200) throw new Error('a style sheet is not there');
      if (!addressesInCss(body).every((address) => isOurs(address, base, origin))) {
        return { state: 'broken', evidence: 'A style sheet fetches something from another host.' };
      }
    }
    return {
      state: 'kept',
      evidence: `${pages.length} pages and ${styles.size} style sheets name no other host to load from, and their policies allow none.`,
    };
  },
});
