/** The programs of the playground: what was typed arrives unchanged, and those that can be run here find the place. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import {
  inGo,
  inJavaScript,
  inPhp,
  inPython,
  inRuby,
} from '../dashboard/src/pages/company/playground/literals.ts';
import {
  FORMATS,
  hasSuggestions,
  NO_QUESTION,
  parametersOf,
  type Format,
  type Question,
} from '../dashboard/src/pages/company/playground/question.ts';
import {
  curlOf,
  LANGUAGES,
  snippet,
  type Language,
} from '../dashboard/src/pages/company/playground/snippets.ts';
import { type House, openHouse } from './support/house.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'vs-snippets-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const has = (program: string, ...words: readonly string[]): boolean => {
  try {
    execFileSync(program, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** What people type, and what nobody should. */
const NASTY = [
  `"`,
  `'`,
  '\\',
  `\\'"`,
  '\\\\',
  "\\' + require('fs') + '",
  '${process.exit(1)}',
  '#{exit}',
  '$q {$q}',
  '`id`',
  '$(id)',
  '%s %20',
  '?>',
  '</script>',
  'a\nb\r\tc\u0000\u001b\u007f',
  '\u2028\u2029\ufeff\u202e\u200b\u00ad\u{e0041}',
  'Łódź 東京 🏳️‍🌈',
  '',
] as const;

const typed = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\\', "'", '"', '$', '#', '{', '}', '`', '\n', 'u', 'x', '0', 'é', '\u202e'),
  }),
);

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Reads a literal with the escapes of its language and nothing else; throws where the literal ends early. */
const readLiteral = (
  literal: string,
  escapes: Readonly<Record<string, Readonly<Record<string, string>>>>,
  unicode: RegExp,
  forbidden: Readonly<Record<string, RegExp>> = {},
): string => {
  const quote = literal[0] ?? '';
  const known = escapes[quote];
  assert.ok(known !== undefined && literal.length >= 2 && literal.endsWith(quote), literal);
  const inner = literal.slice(1, -1);
  let text = '';
  for (let at = 0; at < inner.length;) {
    const rest = inner.slice(at);
    if (rest[0] === '\\') {
      const code = unicode.exec(rest);
      if (code !== null && quote === '"') {
        text += String.fromCodePoint(Number.parseInt(code.slice(1).find(Boolean) ?? '', 16));
        at += code[0].length;
        continue;
      }
      const escaped = known[rest[1] ?? ''];
      assert.ok(escaped !== undefined, `${literal} has an escape that does not exist: \\${rest[1]}`);
      text += escaped;
      at += 2;
      continue;
    }
    assert.notEqual(rest[0], quote, `${literal} ends early`);
    assert.doesNotMatch(rest, forbidden[quote] ?? /(?!)/, literal);
    text += rest[0];
    at += 1;
  }
  return text;
};

const PLAIN = { '\\': '\\', "'": "'" } as const;
const FULL = { '\\': '\\', '"': '"', n: '\n', r: '\r', t: '\t' } as const;

/** From the manuals of the languages: what a literal means. */
const READERS: Readonly<Record<'php' | 'ruby' | 'go', (literal: string) => string>> = {
  php: (literal) =>
    readLiteral(literal, { "'": PLAIN, '"': { ...FULL, $: '$' } }, /^\\u\{([0-9a-f]+)\}/, { '"': /^\$/ }),
  ruby: (literal) =>
    readLiteral(literal, { "'": PLAIN, '"': { ...FULL, '#': '#' } }, /^\\u\{([0-9a-f]+)\}/, { '"': /^#/ }),
  go: (literal) =>
    readLiteral(literal, { '"': FULL }, /^\\(?:u([0-9a-f]{4})|U([0-9a-f]{8}))/, { '"': /^[\n\r\ufeff]/ }),
};

describe('a text as a literal', () => {
  it('is the same text in JavaScript', () => {
    fc.assert(
      fc.property(typed, (text) => {
        assert.equal(runInNewContext(inJavaScript(text), {}), text);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same text in PHP, Ruby and Go, as their manuals say', () => {
    const well = typed.map((text) => text.toWellFormed());
    fc.assert(
      fc.property(well, (text) => {
        assert.equal(READERS.php(inPhp(text)), text);
        assert.equal(READERS.ruby(inRuby(text)), text);
        assert.equal(READERS.go(inGo(text)), text);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same text in Python', { skip: !has('python3', '--version') && 'no python3 here' }, () => {
    const texts = [...NASTY, ...fc.sample(typed, 400)].map((text) => text.toWellFormed());
    const file = join(folder, 'literals.py');
    const lines = texts.map((text) => `    ${inPython(text)},`);
    writeFileSync(file, ['import json', 'texts = [', ...lines, ']', 'print(json.dumps(texts))'].join('\n'));
    const said = execFileSync('python3', [file], { encoding: 'utf8', maxBuffer: 1e8 });
    assert.deepEqual(JSON.parse(said), texts);
  });

  it('hides nothing: what has no shape is written out', () => {
    fc.assert(
      fc.property(typed, (text) => {
        for (const write of [inJavaScript, inPython, inGo, inPhp, inRuby])
          assert.doesNotMatch(write(text), UNSEEN);
      }),
    );
  });
});

const asked = (part: Partial<Question>): Question => ({ ...NO_QUESTION, ...part });

describe('a question', () => {
  it('leaves out of the address what is as it would be anyway', () => {
    assert.deepEqual(parametersOf(asked({ q: ' Paris\ud800 ', limit: '' })), [['q', 'Paris\ufffd']]);
    const all = asked({ q: 'x', language: 'de', countrycode: ' de,at ', fuzzy: true, annotations: false });
    assert.equal(
      new URLSearchParams(
        parametersOf(all).map(([name, value]): [string, string] => [name, value]),
      ).toString(),
      'q=x&limit=5&language=de&countrycode=de%2Cat&fuzzy=1&no_annotations=1',
    );
  });

  it('is completed where it is a name, and not where it is a coordinate or nothing yet', () => {
    for (const text of ['Be', 'Łódź', '5th Avenue']) assert.ok(hasSuggestions(text), text);
    for (const text of ['', 'B', ' B ', '48.1, 11.5', '-12', 'x'.repeat(201)])
      assert.ok(!hasSuggestions(text), text);
  });

  it('is a line for a terminal in which nothing is left to be interpreted', async () => {
    const at = { origin: 'https://geo.example.org', hostname: 'geo.example.org' };
    const hasShell = has('sh', '-c', 'true');
    await fc.assert(
      fc.asyncProperty(typed, async (q) => {
        const line = curlOf(asked({ q }), at);
        const url = /"(https:[^"]*)"$/.exec(line)?.[1] ?? '';
        assert.match(url, /^https:\/\/geo\.example\.org\/geocode\/v1\/json\?[\w%+&=.*-]*$/);
        assert.equal(new URL(url).searchParams.get('q'), q.toWellFormed().trim());
        if (!hasShell) return;
        const { stdout } = await run('sh', ['-c', line.replace(/^curl/, 'printf "%s\\n"')]);
        assert.deepEqual(stdout.split('\n'), ['-H', 'X-Api-Key: YOUR_SECRET_KEY', url, '']);
      }),
      { numRuns: 40 },
    );
  });
});

/** How a program of each language is run, or at least read, where that is possible. */
const TOOLS: Readonly<
  Record<
    Language,
    { file: string; there: boolean; command: (file: string) => readonly [string, ...string[]] }
  >
> = {
  JavaScript: { file: 'ask.mjs', there: true, command: (file) => [process.execPath, file] },
  Python: { file: 'ask.py', there: has('python3', '--version'), command: (file) => ['python3', file] },
  PHP: { file: 'ask.php', there: has('php', '--version'), command: (file) => ['php', file] },
  Ruby: { file: 'ask.rb', there: has('ruby', '--version'), command: (file) => ['ruby', file] },
  Go: { file: 'ask.go', there: has('go', 'version'), command: (file) => ['go', 'run', file] },
};

describe('the programs of the playground', () => {
  let house: House;
  const caPath = join(folder, 'ca.pem');
  before(async () => {
    house = await openHouse({ perDay: 1000 });
    writeFileSync(caPath, house.ca);
  });

  const tell = async (language: Language, question: Question): Promise<string> => {
    const { file, command } = TOOLS[language];
    const path = join(folder, file);
    const text = snippet(language, question, house.url);
    assert.ok(text.includes('YOUR_SECRET_KEY'));
    writeFileSync(path, text.replace('YOUR_SECRET_KEY', house.key.secret.expose()));
    const [program, ...words] = command(path);
    const env = {
      ...process.env,
      NODE_EXTRA_CA_CERTS: caPath,
      SSL_CERT_FILE: caPath,
      PYTHONIOENCODING: 'utf-8',
    };
    const { stdout } = await run(program, words, { cwd: folder, env, timeout: 60_000 });
    return stdout;
  };

  for (const language of LANGUAGES) {
    const { there } = TOOLS[language];
    it(`in ${language} prints what was found`, { skip: !there && `no ${language} here` }, async () => {
      const plain = { q: 'Paris, Texas', limit: '1', annotations: false } as const;
      for (const format of ['json', 'geojson', 'google-v3-json'] as const)
        assert.match(await tell(language, asked({ ...plain, format })), /^Paris, .*Texas.*\r?\n$/, format);
      assert.match(await tell(language, asked({ ...plain, format: 'xml' })), /<formatted>Paris, [^<]*Texas/);
      const nasty = asked({ q: `Łódź\u200b "' \\ $q #{q}`.trim(), limit: '1', fuzzy: true });
      assert.equal(await tell(language, nasty), '', 'nothing is found, and nothing breaks');
    });
  }

  /** Where there is no interpreter: brackets and quotes are closed, and the question stands in it. */
  const assertBalanced = (text: string, name: string): void => {
    const bare = text.replaceAll(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`/gs, '');
    assert.doesNotMatch(bare, /['"`]/, name);
    const open: string[] = [];
    const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
    for (const one of bare.replaceAll('<?php', '').replaceAll(/=>|->|:=/g, '')) {
      if ('([{'.includes(one)) open.push(one);
      else if (one in PAIRS) assert.equal(open.pop(), PAIRS[one], name);
    }
    assert.deepEqual(open, [], name);
  };

  it('are closed in every bracket and quote, whatever was typed', () => {
    fc.assert(
      fc.property(typed, fc.constantFrom<Format>(...FORMATS), (q, format) => {
        for (const language of LANGUAGES)
          assertBalanced(snippet(language, asked({ q, format }), 'https://geo.example.org'), language);
      }),
      { numRuns: 100 },
    );
  });
});
