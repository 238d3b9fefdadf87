/** What the dashboard's page of a dataset decides without a browser: what it asks, what it shows, where it scrolls. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { ApiProblem } from '../dashboard/src/api/problem.ts';
import { nameFrom } from '../dashboard/src/pages/company/datasets/names.ts';
import { forInvited, forManagers } from '../dashboard/src/pages/company/datasets/people/sharing-problems.ts';
import { showShort, showWhole } from '../dashboard/src/pages/company/datasets/table/cell-text.ts';
import { moveInGrid } from '../dashboard/src/pages/company/datasets/table/grid-keys.ts';
import {
  NOTHING_ASKED,
  operatorsOf,
  parametersOf,
  searchOf,
  takesValue,
  usualMode,
  type Column,
  type Filter,
  type Question,
} from '../dashboard/src/pages/company/datasets/table/question.ts';
import {
  createRowPages,
  PAGE_ROWS,
  type Page,
} from '../dashboard/src/pages/company/datasets/table/row-pages.ts';
import { createScrollSpace } from '../dashboard/src/pages/company/datasets/table/scroll-space.ts';
import { curlOf, javaScriptOf, pathOf } from '../dashboard/src/pages/company/datasets/table/snippets.ts';
import { bodyOf, totalIn } from '../dashboard/src/pages/company/datasets/table/wire.ts';
import { parseQuery } from '../src/services/datasets/query/parse-query.ts';
import type { Condition, Query } from '../src/services/datasets/query/tree.ts';

const TYPES = ['text', 'int8', 'numeric', 'bool', 'date', 'timestamptz', 'jsonb', 'text[]'] as const;

const anyName = fc.oneof(
  fc.constantFrom('a', 'select', 'or', 'not', 'order', 'count', 'a.b', 'x->>y', '"; drop', 'a,b(c)', 'Größe'),
  fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
    .filter((name) => !name.includes('\0') && name.isWellFormed()),
);

const anyValue = fc
  .oneof(fc.constantFrom('*', '%', 'a,b', '")', 'not.is.null', '', ' '), fc.string({ unit: 'grapheme' }))
  .filter((value) => !value.includes('\0') && value.isWellFormed());

const anyColumns: fc.Arbitrary<readonly Column[]> = fc.uniqueArray(
  fc.record({ name: anyName, type: fc.constantFrom(...TYPES) }),
  { minLength: 1, maxLength: 6, selector: ({ name }) => name },
);

const parse = (parameters: readonly (readonly [string, string])[]): Query =>
  parseQuery(searchOf(parameters), 'wells');

const conditionsOf = (query: Query): readonly Condition[] => query.conditions;

describe('what is asked of the rows', () => {
  it('is read by the server as it was meant, whatever columns are called and whatever is looked for', () => {
    fc.assert(
      fc.property(anyColumns, anyValue, fc.nat(), fc.nat(), (columns, value, at, which) => {
        const column = columns[at % columns.length] ?? columns[0]!;
        const operators = operatorsOf(column);
        const operator = operators[which % operators.length]!;
        const filter: Filter = { column: column.name, operator, value: takesValue(operator) ? value : '' };
        const question: Question = {
          filters: [filter],
          sort: { column: column.name, direction: 'desc' },
          search: '',
        };
        const query = parse(parametersOf(question));
        const [condition] = conditionsOf(query);
        assert.ok(condition?.kind === 'filter');
        assert.equal(condition.field.name, column.name);
        assert.deepEqual(condition.field.path, []);
        assert.equal(query.order[0]?.field.name, column.name);
        assert.equal(query.order[0]?.direction, 'desc');
        assert.equal(conditionsOf(query).length, 1);
        if (operator === 'eq') assert.equal((condition.operation as { value: string }).value, value);
        if (operator === 'empty') assert.equal((condition.operation as { value: string }).value, '');
        if (operator === 'null') assert.equal(condition.operation.kind, 'is');
        if (operator === 'in')
          assert.deepEqual(
            (condition.operation as { values: readonly string[] }).values,
            value.split(',').map((one) => one.trim()),
          );
      }),
      { numRuns: 500 },
    );
  });

  it('says what is looked for in texts to search alone, whatever columns are called', () => {
    fc.assert(
      fc.property(
        anyColumns,
        anyValue,
        fc.constantFrom(undefined, 'part' as const, 'words' as const),
        (columns, search, mode) => {
          // The likeliest columns to be taken for what search has of its own.
          const all = [{ name: 'q', type: 'text' }, { name: 'mode', type: 'text' }, ...columns];
          const filters = all.map(({ name }): Filter => ({ column: name, operator: 'eq', value: 'x' }));
          const parameters = parametersOf({ ...NOTHING_ASKED, filters, search, mode });
          const own = parameters.filter(([name]) => /^(?:q|mode)$/.test(name));
          const isAsked = search.trim() !== '';
          assert.deepEqual(own, [
            ...(isAsked ? [['q', search.trim()]] : []),
            ...(isAsked && mode !== undefined ? [['mode', mode]] : []),
          ]);
          const rest = parse(parameters.slice(own.length));
          assert.deepEqual(
            conditionsOf(rest).map((one) => (one.kind === 'filter' ? one.field.name : '')),
            all.map(({ name }) => name),
          );
        },
      ),
    );
  });

  it('looks for whole words where there are too many texts to be read letter by letter', () => {
    assert.deepEqual([0, 200_000, 200_001].map(usualMode), ['part', 'part', 'words']);
  });

  it('stands in the address as people can read it', () => {
    const filter: Filter = { column: 'depth', operator: 'gte', value: '1200.50' };
    const question: Question = {
      filters: [filter],
      sort: { column: 'depth', direction: 'asc' },
      search: '',
    };
    const asked = {
      dataset: 'wells@3',
      columns: undefined,
      parameters: parametersOf(question),
      isSearch: false,
    };
    assert.equal(pathOf(asked), '/datasets/v1/wells@3?depth=gte.1200.50&order=depth.asc.nullslast&limit=100');
    assert.equal(
      curlOf(asked, { origin: 'https://data.example', hostname: 'data.example' }),
      'curl -H "X-Api-Key: YOUR_SECRET_KEY" "https://data.example/datasets/v1/wells@3?depth=gte.1200.50&order=depth.asc.nullslast&limit=100"',
    );
    assert.match(
      javaScriptOf(asked, 'https://data.example'),
      /\.filter\('depth', 'gte', '1200\.50'\)\n {2}\.order\('depth', \{ nullsFirst: false \}\)/,
    );
  });

  it('is a search where texts are looked through, at its own address', () => {
    const question: Question = {
      filters: [{ column: 'depth', operator: 'gt', value: '9' }],
      sort: { column: 'well', direction: 'desc' },
      search: ' north sea ',
      mode: 'words',
    };
    const asked = {
      dataset: 'wells',
      columns: ['well', 'mode'],
      parameters: parametersOf(question),
      isSearch: true,
    };
    const path =
      '/v1/datasets/wells/search?select=well,%22mode%22&q=north%20sea&mode=words&depth=gt.9&order=well.desc.nullslast&limit=100';
    assert.equal(pathOf(asked), path);
    const program = javaScriptOf(asked, 'https://data.example');
    assert.ok(program.startsWith(`const reply = await fetch('https://data.example${path}', {`), program);
    assert.doesNotMatch(program, /postgrest/);
  });

  it('leaves nothing in the line for a terminal that a shell would take for its own', () => {
    fc.assert(
      fc.property(anyColumns, anyValue, fc.boolean(), (columns, value, isSearched) => {
        const question: Question = {
          filters: columns.map(({ name }) => ({ column: name, operator: 'eq', value })),
          sort: undefined,
          search: isSearched ? value : '',
        };
        const line = curlOf(
          {
            dataset: 'wells',
            columns: columns.map(({ name }) => name),
            parameters: parametersOf(question),
            isSearch: isSearched,
          },
          { origin: 'https://data.example', hostname: 'data.example' },
        );
        const [, url = ''] = /"(https:[^"]*)"$/.exec(line) ?? [];
        assert.doesNotMatch(url, /["$`\\!\s']/);
        assert.ok(url.endsWith('&limit=100'));
      }),
    );
  });
});

describe('a change of cells', () => {
  it('is sent with every digit, JSON as it is, and null apart from the empty text', () => {
    const columns: readonly Column[] = [
      { name: 'n', type: 'numeric' },
      { name: 'j', type: 'jsonb' },
      { name: '__proto__', type: 'text' },
    ];
    assert.equal(
      bodyOf({ n: '12345678901234567890.10', j: '{"a":1.0}' }, columns),
      '{"n":"12345678901234567890.10","j":{"a":1.0}}',
    );
    assert.equal(bodyOf({ n: null, j: null }, columns), '{"n":null,"j":null}');
    assert.equal(bodyOf({ n: '' }, columns), '{"n":""}');
    assert.throws(() => bodyOf({ j: '{"a":1},"n":{}' }, columns), SyntaxError);
  });

  it('knows totals from ranges', () => {
    assert.deepEqual(['0-199/12345', '*/0', '0-9/*', null].map(totalIn), [12_345, 0, undefined, undefined]);
  });
});

describe('what a cell shows', () => {
  it('is one line without anything unseen, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        const { text: shown } = showShort(text);
        assert.doesNotMatch(shown, /[\p{Cc}\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u);
        assert.doesNotMatch(shown, /[A-Za-z0-9][\u200C\u200D]|[\u200C\u200D][A-Za-z0-9]/);
        assert.ok(shown.isWellFormed());
        assert.ok(shown.length <= 240 * 6 + 1);
        assert.doesNotMatch(showWhole(text).replaceAll(/[\n\t]/g, ''), /[\p{Cc}\u202A-\u202E]/u);
      }),
    );
  });

  it('leaves together what is written with joiners, and shows those that hide in a word', () => {
    for (const whole of ['👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽', '👩🏽‍🚀', 'می\u200Cخواهم', 'क्\u200Dष'])
      assert.deepEqual([showShort(whole).text, showWhole(whole)], [whole, whole]);
    assert.equal(showShort('pay\u200Dpal').text, 'pay⟨200D⟩pal');
    assert.equal(showWhole('\u200C👍\u200D'), '⟨200C⟩👍⟨200D⟩');
  });

  it('says what was replaced or left out', () => {
    assert.deepEqual(showShort('plain'), { text: 'plain', isPart: false });
    assert.deepEqual(showShort('two\nlines'), { text: 'two↵lines', isPart: true });
    assert.equal(showShort('\u202Eevil').text, '⟨202E⟩evil');
    assert.equal(showShort('x'.repeat(1_000)).text, `${'x'.repeat(240)}…`);
  });
});

describe('the space that rows scroll in', () => {
  it('comes to every row, and to both ends, whatever way is taken', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400_000_000 }),
        fc.integer({ min: 36, max: 2_000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
        (whole, view, jumps) => {
          const space = createScrollSpace(whole, view);
          const lastTop = Math.max(0, space.height - view);
          const lastPosition = Math.max(0, whole - view);
          for (const jump of jumps) {
            const position = space.moveTo(Math.round(jump * lastTop));
            assert.ok(position >= 0 && position <= lastPosition);
            // A row in view stands inside of the element, so that it can be seen.
            assert.ok(position - space.shift() >= 0 && position - space.shift() <= space.height);
            const wanted = Math.round(jump * lastPosition);
            const top = space.jumpTo(wanted);
            const off = Math.abs(space.moveTo(top) - wanted);
            const isEnd = top <= 0 || top >= lastTop;
            assert.ok(off <= (isEnd && whole > space.height ? lastPosition / lastTop / 2 + 1 : 0), `${off}`);
          }
          assert.equal(space.moveTo(0), 0);
          assert.equal(space.moveTo(lastTop), lastPosition);
        },
      ),
    );
  });

  it('moves pixel by pixel within a screen', () => {
    const space = createScrollSpace(36_000_000, 600);
    space.jumpTo(20_000_000);
    const before = space.moveTo(space.jumpTo(20_000_000));
    const top = space.jumpTo(before);
    assert.equal(space.moveTo(top + 40) - before, 40);
    assert.equal(space.moveTo(top + 40 - 100) - before, -60);
  });
});

describe('keys in the grid', () => {
  const extent = { rows: 1_000_000, columns: 5, view: 15 };
  const press = (key: string, ctrlKey = false): Parameters<typeof moveInGrid>[1] => ({
    key,
    ctrlKey,
    metaKey: false,
  });

  it('lead to neighbours, screens and ends, and never out of it', () => {
    const from = { row: 100, column: 2 };
    assert.deepEqual(moveInGrid(from, press('ArrowDown'), extent), { row: 101, column: 2 });
    assert.deepEqual(moveInGrid(from, press('PageUp'), extent), { row: 85, column: 2 });
    assert.deepEqual(moveInGrid(from, press('End', true), extent), { row: 999_999, column: 4 });
    assert.deepEqual(moveInGrid({ row: 0, column: 0 }, press('ArrowUp'), extent), { row: -1, column: 0 });
    assert.deepEqual(moveInGrid({ row: -1, column: 0 }, press('ArrowUp'), extent), { row: -1, column: 0 });
    assert.equal(moveInGrid(from, press('a'), extent), undefined);
    assert.equal(moveInGrid(from, press('constructor'), extent), undefined);
  });
});

describe('pages of rows', () => {
  interface Asked {
    readonly offset: number;
    readonly signal: AbortSignal;
    readonly answer: (page: Page) => void;
  }
  const rowsFrom = (offset: number, count: number): Page['rows'] =>
    Array.from({ length: count }, (_none, index) => ({
      id: String(offset + index),
      cells: [String(offset + index)],
    }));

  const open = (): { asked: Asked[]; pages: ReturnType<typeof createRowPages> } => {
    const asked: Asked[] = [];
    const pages = createRowPages({
      fetchPage: (offset, _limit, signal) =>
        new Promise((answer) => {
          asked.push({ offset, signal, answer });
        }),
      onChange: () => undefined,
      restMs: 1,
    });
    return { asked, pages };
  };

  it('are asked for when they come into view, once, and dropped when passed by', async () => {
    const { asked, pages } = open();
    pages.show(0, 20);
    assert.deepEqual(
      asked.map(({ offset }) => offset),
      [0],
    );
    asked[0]?.answer({ rows: rowsFrom(0, PAGE_ROWS), total: 1_000_000 });
    await sleep(5);
    assert.equal(pages.at(7)?.id, '7');
    assert.equal(pages.total, 1_000_000);
    // A quick hand passes pages by: only where it rests is asked for.
    for (let row = 0; row < 500_000; row += 10_000) pages.show(row, row + 20);
    await sleep(10);
    assert.deepEqual(
      asked.map(({ offset }) => offset),
      [0, 490_000],
    );
    pages.show(0, 20);
    assert.equal(asked[1]?.signal.aborted, true);
    asked[1]?.answer({ rows: rowsFrom(490_000, PAGE_ROWS), total: 1_000_000 });
    await sleep(10);
    assert.equal(pages.at(490_000), undefined, 'an answer that came too late is not kept');
    pages.show(150, 420);
    await sleep(10);
    assert.deepEqual(
      asked.slice(2).map(({ offset }) => offset),
      [200, 400],
    );
  });

  it('keeps only what lies near the view', async () => {
    const pages = createRowPages({
      fetchPage: (offset) => Promise.resolve({ rows: rowsFrom(offset, PAGE_ROWS), total: 1_000_000 }),
      onChange: () => undefined,
      restMs: 0,
    });
    for (let page = 0; page < 60; page += 1) {
      pages.show(page * PAGE_ROWS, page * PAGE_ROWS + 10);
      await sleep(2);
    }
    assert.equal(pages.at(0), undefined);
    assert.equal(pages.at(59 * PAGE_ROWS)?.id, String(59 * PAGE_ROWS));
    assert.equal(pages.at(45 * PAGE_ROWS)?.id, String(45 * PAGE_ROWS));
  });

  it('stops asking where the server refuses, until somebody says again', async () => {
    let tries = 0;
    const pages = createRowPages({
      fetchPage: () => {
        tries += 1;
        return tries === 1
          ? Promise.reject(new Error('no'))
          : Promise.resolve({ rows: rowsFrom(0, 3), total: 9 });
      },
      onChange: () => undefined,
      restMs: 0,
    });
    pages.show(0, 10);
    await sleep(2);
    assert.ok(pages.problem instanceof Error);
    pages.show(0, 11);
    await sleep(5);
    assert.equal(tries, 1);
    pages.retry();
    await sleep(2);
    assert.equal(pages.problem, undefined);
    assert.equal(pages.total, 3, 'a page that is not full is the last, whatever was estimated');
  });
});

describe('pages of what a search finds', () => {
  it('end where the server counts no further, and say so', async () => {
    const pages = createRowPages({
      fetchPage: (offset) => {
        const rows = Array.from({ length: PAGE_ROWS }, (_none, at) => ({
          id: String(offset + at),
          cells: [],
        }));
        return Promise.resolve({ rows, total: 10_000, isCut: true });
      },
      onChange: () => undefined,
      restMs: 0,
    });
    assert.equal(pages.isCut, false);
    pages.show(0, 10);
    await sleep(2);
    pages.show(9_900, 9_999);
    await sleep(5);
    assert.deepEqual([pages.total, pages.isCut], [10_000, true]);
  });
});

describe('refusals of sharing', () => {
  const problem = (code: string): ApiProblem =>
    new ApiProblem(409, { code, title: 'No', detail: 'As the server said.', field: '/user' });

  it('say what can be done on the page where they are met, and stay what they were', () => {
    for (const code of ['already_shared', 'outside_not_allowed', 'too_many_grants', 'dataset_busy']) {
      const told = forManagers(problem(code)) as ApiProblem;
      assert.notEqual(told.detail, 'As the server said.');
      assert.deepEqual([told.status, told.code, told.message, told.field], [409, code, 'No', '/user']);
    }
    assert.match((forInvited(problem('too_many_grants')) as ApiProblem).detail ?? '', /whoever invited you/);
    assert.match((forInvited(problem('link_used')) as ApiProblem).detail ?? '', /sign in/);
  });

  it('are left alone where the server knows better, and so is whatever else went wrong', () => {
    for (const thrown of [problem('other_account'), problem('constructor'), new Error('no'), undefined]) {
      assert.equal(forManagers(thrown), thrown);
      assert.equal(forInvited(thrown), thrown);
    }
  });
});

describe('the name of a dataset', () => {
  it('is made of that of a file, and is one that the server takes', () => {
    assert.equal(nameFrom('Well logs (2024).csv'), 'well-logs-2024');
    assert.equal(nameFrom('Größe.CSV.gz'), 'gro-e');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (file) => {
        assert.match(nameFrom(file), /^(?:[a-z][a-z0-9_-]{0,62})?$/);
      }),
    );
  });
});
