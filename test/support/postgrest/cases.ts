/**
 * PostgREST's published cases that apply to one table (test/spec/Feature of PostgREST, MIT), restated as a list: what
 * is asked, and what PostgREST answers. Where we answer otherwise on purpose, `differs` says why, and the test holds us
 * to it as well.
 */
import type { Method } from '../../../src/services/datasets/query/plan-request.ts';

export interface Case {
  readonly spec: string;
  readonly path: string;
  readonly method?: Method;
  readonly prefer?: string;
  readonly accept?: string;
  readonly range?: string;
  readonly contentType?: string;
  readonly body?: unknown;
  /** 200 where left out. */
  readonly status?: number;
  /** JSON as a value, anything else as text; left out: not looked at. */
  readonly answer?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Why ours is another; then `status` and `answer` are ours. */
  readonly differs?: string;
}

const ids = (...list: number[]): { id: number }[] => list.map((id) => ({ id }));
const upTo = (last: number): { id: number }[] =>
  ids(...Array.from({ length: last }, (_, index) => index + 1));
const inRange = (range: string): { headers: Record<string, string> } => ({
  headers: { 'content-range': range },
});

const VECTORS = {
  fun: { text_search_vector: "'fun':5 'imposs':9 'kind':3" },
  possible: { text_search_vector: "'also':2 'fun':3 'possibl':8" },
  rats: { text_search_vector: "'ate':3 'cat':2 'fat':1 'rat':4" },
  french: { text_search_vector: "'amus':5 'fair':7 'impossibl':9 'peu':4" },
  german: { text_search_vector: "'art':4 'spass':5 'unmog':7" },
};

const names = (...list: string[]): { name: string }[] => list.map((name) => ({ name }));
const U = { k: 'xyyx', extra: 'u' };
const V = { k: 'xYYx', extra: 'v' };
const PROJECTS = [
  { id: 1, name: 'Windows 7', client_id: 1 },
  { id: 2, name: 'Windows 10', client_id: 1 },
  { id: 3, name: 'IOS', client_id: 2 },
  { id: 4, name: 'OSX', client_id: 2 },
  { id: 5, name: 'Orphan', client_id: null },
];

const get = (spec: string, path: string, answer: unknown, more: Partial<Case> = {}): Case => ({
  spec,
  path,
  answer,
  ...more,
});

const refused = (
  spec: string,
  path: string,
  status: number,
  answer: unknown,
  more: Partial<Case> = {},
): Case => ({
  spec,
  path,
  status,
  answer,
  ...more,
});

const problem = (
  code: string,
  message: string,
  details: string | null = null,
  hint: string | null = null,
): unknown => ({
  code,
  message,
  details,
  hint,
});

const NO_ECHO = 'nothing that the caller sent is repeated';

const FILTERS: readonly Case[] = [
  get('Query', '/has_count_column', [{ id: 1, count: 'some' }]),
  get('Query', '/clashing_column?select=t', [{ t: 'T' }]),
  get('Query', '/items?id=eq.5', ids(5), inRange('0-0/*')),
  get(
    'Query',
    '/items?id=not.eq.5&order=id',
    upTo(15).filter(({ id }) => id !== 5),
    inRange('0-13/*'),
  ),
  get('Query', '/simple_pk?k=like.*yx&extra=not.eq.u', []),
  get('Query', '/items?id=not.lt.14&order=id.asc', ids(14, 15), inRange('0-1/*')),
  get('Query', '/items?id=not.gt.2&order=id.asc', ids(1, 2), inRange('0-1/*')),
  get('Query', '/items?id=in.(1,3,5)', ids(1, 3, 5), inRange('0-2/*')),
  get('Query', '/items?id=not.in.(2,4,6,7,8,9,10,11,12,13,14,15)', ids(1, 3, 5), inRange('0-2/*')),
  get('Query', '/no_pk?a=not.is.null', [
    { a: '1', b: '0' },
    { a: '2', b: '0' },
  ]),
  get('Query', '/no_pk?a=is.null', [{ a: null, b: null }]),
  get('Query', '/no_pk?a=is.not_null', [
    { a: '1', b: '0' },
    { a: '2', b: '0' },
  ]),
  get('Query', '/nullable_integer?a=is.null', [{ a: null }]),
  ...['true', 'TRUE'].map((word) =>
    get('Query', `/chores?done=is.${word}`, [{ id: 1, name: 'take out the garbage', done: true }]),
  ),
  ...['false', 'FAlSe'].map((word) =>
    get('Query', `/chores?done=is.${word}`, [{ id: 2, name: 'do the laundry', done: false }]),
  ),
  ...['unknown', 'UnKnOwN', 'NULL'].map((word) =>
    get('Query', `/chores?done=is.${word}`, [{ id: 3, name: 'wash the dishes', done: null }]),
  ),
  refused('Query', '/chores?done=is.nil', 400, undefined),
  refused('Query', '/chores?done=is.ok', 400, undefined),
  get('Query', '/simple_pk?k=like.*yx', [U]),
  get('Query', '/simple_pk?k=like.xy*', [U]),
  get('Query', '/simple_pk?k=like.*YY*', [V]),
  get('Query', '/simple_pk?k=not.like.*yx', [V]),
  get('Query', '/simple_pk?k=ilike.xy*&order=extra.asc', [U, V]),
  get('Query', '/simple_pk?k=ilike.*YY*&order=extra.asc', [U, V]),
  get('Query', '/simple_pk?k=not.ilike.xy*&order=extra.asc', []),
  get('Query', '/simple_pk?k=match.yx$', [U]),
  get('Query', '/simple_pk?k=match.^xy', [U]),
  get('Query', '/simple_pk?k=match.YY', [V]),
  get('Query', '/simple_pk?k=not.match.yx$', [V]),
  get('Query', '/simple_pk?k=imatch.^xy&order=extra.asc', [U, V]),
  get('Query', '/simple_pk?k=imatch..*YY.*&order=extra.asc', [U, V]),
  get('Query', '/simple_pk?k=not.imatch.^xy&order=extra.asc', []),
  get('Query', '/complex_items?select=id&arr_data=cs.{2}', ids(2, 3)),
  get('Query', '/complex_items?select=id&arr_data=cd.{1,2,4}', ids(1, 2)),
  get('Query', '/projects?id=eq(any).{3,4,5}', PROJECTS.slice(2)),
  get('Query', '/projects?id=gt(all).{4,3}', PROJECTS.slice(4)),
  get('Query', '/projects?id=gte(all).{4,3}', PROJECTS.slice(3)),
  get('Query', '/projects?id=lt(all).{4,3}', PROJECTS.slice(0, 2)),
  get('Query', '/projects?id=lte(all).{4,3}', PROJECTS.slice(0, 3)),
  get('Query', '/articles?body=like(any).{%25plan%25,%25brain%25}&select=id', ids(1, 2)),
  get('Query', '/articles?body=ilike(all).{%25plan%25,%25greatness%25}&select=id', ids(1)),
  get('Query', '/articles?body=match(any).{stop,thing}&select=id', ids(1)),
  get('Query', '/articles?body=imatch(any).{stop,thing}&select=id', ids(1, 2)),
  get('Query', '/empty_string?string=eq.&select=id,string', [{ id: 1, string: '' }]),
  refused('Query', '/simple_pk?none=eq.1', 400, problem('42703', 'column simple_pk.none does not exist')),
  refused(
    'Query',
    '/items?id=0',
    400,
    problem(
      'PGRST100',
      '"failed to parse filter (…)" (line 1, column 1)',
      'unexpected "0" expecting "not" or operator (eq, gt, ...)',
    ),
    { differs: NO_ECHO },
  ),
];

const SEARCHES: readonly Case[] = [
  get('Query', '/tsearch?text_search_vector=fts.impossible', [VECTORS.fun]),
  get('Query', '/tsearch?text_search_vector=fts.fun%26possible', [VECTORS.possible]),
  get('Query', '/tsearch?text_search_vector=fts.impossible%7Cpossible', [VECTORS.fun, VECTORS.possible]),
  get('Query', '/tsearch?text_search_vector=fts.fun%26!possible', [VECTORS.fun]),
  get('Query', '/tsearch?text_search_vector=plfts.The%20Fat%20Rats', [VECTORS.rats]),
  get('Query', '/tsearch?text_search_vector=wfts.The%20Fat%20Rats', [VECTORS.rats]),
  get('Query', '/tsearch?text_search_vector=wfts.fun%20and%20possible', [VECTORS.possible]),
  get('Query', '/tsearch?text_search_vector=wfts.impossible%20or%20possible', [
    VECTORS.fun,
    VECTORS.possible,
  ]),
  get('Query', '/tsearch?text_search_vector=wfts.fun%20and%20-possible', [VECTORS.fun]),
  get('Query', '/tsearch?text_search_vector=fts(french).amusant', [VECTORS.french]),
  get('Query', '/tsearch?text_search_vector=plfts(french).amusant%20impossible', [VECTORS.french]),
  get('Query', '/tsearch?text_search_vector=wfts(french).amusant%20impossible', [VECTORS.french]),
  get('Query', '/tsearch?text_search_vector=not.fts.impossible%7Cfat%7Cfun', [
    VECTORS.french,
    VECTORS.german,
  ]),
  get('Query', '/tsearch?text_search_vector=not.fts(english).impossible%7Cfat%7Cfun', [
    VECTORS.french,
    VECTORS.german,
  ]),
  get('Query', '/tsearch?text_search_vector=not.plfts.The%20Fat%20Rats', [
    VECTORS.fun,
    VECTORS.possible,
    VECTORS.french,
    VECTORS.german,
  ]),
  get('Query', '/tsearch?text_search_vector=not.wfts(english).impossible%20or%20fat%20or%20fun', [
    VECTORS.french,
    VECTORS.german,
  ]),
  get('Query', '/tsearch?text_search_vector=phfts.The%20Fat%20Cats', [VECTORS.rats]),
  get('Query', '/tsearch?text_search_vector=phfts(german).Art%20Spass', [VECTORS.german]),
  get('Query', '/tsearch?text_search_vector=not.phfts(english).The%20Fat%20Cats', [
    VECTORS.fun,
    VECTORS.possible,
    VECTORS.french,
    VECTORS.german,
  ]),
  get(
    'Query',
    '/tsearch?or=(text_search_vector.phfts(german).Art%20Spass, text_search_vector.phfts(french).amusant, text_search_vector.fts(english).impossible)',
    [VECTORS.fun, VECTORS.french, VECTORS.german],
  ),
  get('AndOr', '/entities?or=(text_search_vector.fts.bar,text_search_vector.fts.baz)&select=id', ids(1, 2)),
  get(
    'AndOr',
    '/tsearch?or=(text_search_vector.plfts(german).Art%20Spass, text_search_vector.plfts(french).amusant%20impossible, text_search_vector.fts(english).impossible)',
    [VECTORS.fun, VECTORS.french, VECTORS.german],
  ),
  get('AndOr', '/grandchild_entities?or=(jsonb_col.fts.bar,jsonb_col.fts.foo)&select=jsonb_col', [
    { jsonb_col: { a: { b: 'foo' } } },
    { jsonb_col: { b: 'bar' } },
  ]),
  get(
    'AndOr',
    '/tsearch_to_tsvector?and=(text_search.not.plfts(german).Art%20Spass, text_search.not.plfts(french).amusant%20impossible, text_search.not.fts(english).impossible)&select=text_search',
    [{ text_search: 'But also fun to do what is possible' }, { text_search: 'Fat cats ate rats' }],
  ),
  get(
    'AndOr',
    '/tsearch?or=(text_search_vector.plfts(german).Art,text_search_vector.plfts(french).amusant,text_search_vector.not.wfts(english).impossible)',
    [VECTORS.possible, VECTORS.rats, VECTORS.french, VECTORS.german],
  ),
];

const LOGIC: readonly Case[] = [
  get('AndOr', '/entities?or=(id.eq.1,id.eq.2)&select=id', ids(1, 2)),
  get('AndOr', '/entities?not.or=(id.eq.1,id.eq.2)&select=id', ids(3, 4)),
  get('AndOr', '/entities?or=(id.eq.1,id.eq.2)&name=eq.entity 1&select=id', ids(1)),
  get(
    'AndOr',
    '/entities?or=(and(name.eq.entity 2,id.eq.2),and(name.eq.entity 1,id.eq.1))&select=id',
    ids(1, 2),
  ),
  get(
    'AndOr',
    '/entities?or=(not.and(name.eq.entity 2,id.eq.2),not.and(name.eq.entity 1,id.eq.1))&select=id',
    upTo(4),
  ),
  get('AndOr', '/entities?and=(id.eq.1,name.eq.entity 1)&or=(id.eq.1,id.eq.2)&select=id', ids(1)),
  get('AndOr', '/entities?and=(id.eq.1,id.neq.2))&select=id', ids(1)),
  get('AndOr', '/entities?or=(id.lt.2,id.gt.3)&select=id', ids(1, 4)),
  get('AndOr', '/entities?or=(id.lte.2,id.gte.3)&select=id', upTo(4)),
  get('AndOr', '/entities?or=(name.like.*1,name.ilike.*ENTITY 2)&select=id', ids(1, 2)),
  get('AndOr', '/entities?or=(id.in.(1,2),id.in.(3,4))&select=id', upTo(4)),
  get('AndOr', '/entities?and=(name.is.null,arr.is.null)&select=id', ids(4)),
  get('AndOr', '/entities?and=(id.gte.2,arr.isdistinct.{1,2})&select=id', ids(3, 4)),
  get('AndOr', '/entities?or=(arr.cs.{1,2,3},arr.cd.{1})&select=id', ids(1, 3)),
  ...(
    [
      ['eq.[1,3]', [1]],
      ['neq.[1,3]', [2, 3, 4]],
      ['lt.[1,10]', [1]],
      ['gt.[8,11]', [4]],
      ['lte.[1,3]', [1]],
      ['gte.[2,3]', [2, 3, 4]],
      ['cs.[1,2]', [1]],
      ['cd.[1,6]', [1, 2]],
      ['ov.[0,4]', [1, 2]],
      ['sl.[9,10]', [1, 2]],
      ['sr.[3,4]', [3, 4]],
      ['nxr.[4,7]', [1, 2]],
      ['nxl.[4,7]', [3, 4]],
      ['adj.(3,10]', [1]],
      ['isdistinct.[1,3]', [2, 3, 4, 5]],
    ] as const
  ).map(([filter, found]) => get('AndOr', `/ranges?range=${filter}&select=id`, ids(...found))),
  ...(
    [
      ['eq.{1,2,3}', [3]],
      ['neq.{1,2}', [1, 3]],
      ['lt.{2,3}', [1, 2, 3]],
      ['lt.{2,0}', [1, 2, 3]],
      ['gt.{1,1}', [2, 3]],
      ['gt.{3}', []],
      ['lte.{2,1}', [1, 2, 3]],
      ['lte.{1,2,3}', [1, 2, 3]],
      ['lte.{1,2}', [1, 2]],
      ['cs.{1,2}', [2, 3]],
      ['cd.{1,2,6}', [1, 2]],
      ['ov.{3}', [3]],
      ['ov.{2,3}', [2, 3]],
      ['isdistinct.{1,2}', [1, 3, 4]],
    ] as const
  ).map(([filter, found]) => get('AndOr', `/entities?arr=${filter}&select=id`, ids(...found))),
  get('AndOr', '/entities?and=(arr.not.cs.{1,2,3},and(id.not.eq.2,name.not.like.*3))&select=id', ids(1)),
  get(
    'AndOr',
    '/entities?and=(id.not.in.(1,3),and(name.not.is.null,text_search_vector.not.fts.foo))&select=id',
    ids(2),
  ),
  get('AndOr', '/entities?and=(arr.not.cd.{1},or(id.not.lt.1,id.not.gte.3))&select=id', ids(2, 3)),
  get('AndOr', '/entities?and=(name.not.ilike.*ITY2,or(id.not.gt.4,id.not.lte.1))&select=id', ids(1, 2, 3)),
  get('AndOr', '/entities?and=(id.not.eq.2,arr.not.isdistinct.{1,2,3})&select=id', ids(3)),
  get(
    'AndOr',
    '/grandchild_entities?or=(name.eq."(grandchild,entity,4)",name.eq."(grandchild,entity,5)")&select=id',
    ids(4, 5),
  ),
  get('AndOr', '/grandchild_entities?or=(name.like."*ity,4*",name.ilike."*ITY,5)")&select=id', ids(4, 5)),
  get('AndOr', '/grandchild_entities?or=(id.in.("1","2"),id.in.("3","4"))&select=id', upTo(4)),
  get(
    'AndOr',
    '/entities?and=( and ( id.in.( 1, 2, 3 ) , id.eq.3 ) , or ( id.eq.2 , id.eq.3 ) )&select=id',
    ids(3),
  ),
  refused(
    'AndOr',
    '/entities?or=()',
    400,
    problem(
      'PGRST100',
      '"failed to parse logic tree (…)" (line 1, column 4)',
      'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)',
    ),
    { differs: NO_ECHO },
  ),
  get('AndOr', '/entities?or=(id.eq.1)&select=id', ids(1)),
  get('AndOr', '/entities?and=(id.eq.1)&select=id', ids(1)),
  get('AndOr', '/grandchild_entities?or=(id.eq.1, id.eq.2, id.eq.3)&select=id', ids(1, 2, 3)),
  get('AndOr', '/grandchild_entities?and=(id.in.(1,2), id.in.(3,1), id.in.(1,4))&select=id', ids(1)),
  get(
    'AndOr',
    '/grandchild_entities?or=( id.eq.1, id.eq.2, and(id.in.(1,3), id.in.(2,3)), id.eq.4 )&select=id',
    upTo(4),
  ),
  get(
    'AndOr',
    '/grandchild_entities?and=( id.eq.1, not.or(id.eq.2, id.eq.3), id.in.(1,4), or(id.eq.1, id.eq.4) )&select=id',
    ids(1),
  ),
];

const LISTS: readonly Case[] = [
  get('Query', '/w_or_wo_comma_names?name=in.("Hebdon, John")', names('Hebdon, John')),
  get(
    'Query',
    '/w_or_wo_comma_names?name=in.("Hebdon, John","Williams, Mary","Smith, Joseph")',
    names('Hebdon, John', 'Williams, Mary', 'Smith, Joseph'),
  ),
  get(
    'Query',
    '/w_or_wo_comma_names?name=not.in.("Hebdon, John","Williams, Mary","Smith, Joseph")&limit=3',
    names('David White', 'Larry Thompson', 'Double O Seven(007)'),
  ),
  get(
    'Query',
    '/w_or_wo_comma_names?name=in.(David White,"Hebdon, John")',
    names('Hebdon, John', 'David White'),
  ),
  get(
    'Query',
    '/w_or_wo_comma_names?name=not.in.("Hebdon, John",Larry Thompson,"Smith, Joseph")&limit=3',
    names('Williams, Mary', 'David White', 'Double O Seven(007)'),
  ),
  get('Query', '/w_or_wo_comma_names?name=in.("Double O Seven(007)")', names('Double O Seven(007)')),
  get(
    'Query',
    String.raw`/w_or_wo_comma_names?name=in.("Double\"Quote\"McGraw\"")`,
    names('Double"Quote"McGraw"'),
  ),
  get('Query', String.raw`/w_or_wo_comma_names?name=in.("\\")`, names('\\')),
  get(
    'Query',
    String.raw`/w_or_wo_comma_names?name=in.("/\\Slash/\\Beast/\\")`,
    names('/\\Slash/\\Beast/\\'),
  ),
  get('Query', String.raw`/w_or_wo_comma_names?name=in.("D\a\vid W\h\ite")`, names('David White')),
  get('Query', '/w_or_wo_comma_names?name=in.(")', names('"')),
  get('Query', '/w_or_wo_comma_names?name=in.(Double"Quote"McGraw")', names('Double"Quote"McGraw"')),
  get('Query', '/w_or_wo_comma_names?name=in.(\\)', names('\\')),
  get('Query', String.raw`/w_or_wo_comma_names?name=in.(/\Slash/\Beast/\)`, names('/\\Slash/\\Beast/\\')),
  ...['int', 'text', 'bool', 'bin', 'char', 'date', 'real', 'time'].map((type) =>
    get('Query', `/items_with_different_col_types?${type}_data=in.()`, []),
  ),
  get('Query', '/items_with_different_col_types?int_data=not.in.()&select=int_data', [{ int_data: 1 }]),
  get('Query', '/items_with_different_col_types?int_data=in.(    )', []),
  refused(
    'Query',
    '/items_with_different_col_types?int_data=in.( ,3,4)',
    400,
    problem('22P02', 'invalid input syntax for the type of its column'),
    { differs: NO_ECHO },
  ),
];

const FOO = { foo: { int: 1, bar: 'baz' } };
const SHAPES: readonly Case[] = [
  get('Query', '/complex_items?id=eq.3', [
    { id: 3, name: 'Three', settings: FOO, arr_data: [1, 2, 3], 'field-with_sep': 1 },
  ]),
  get('Query', '/complex_items?id=eq.3&select=id,field-with_sep', [{ id: 3, 'field-with_sep': 1 }]),
  get('Query', '/complex_items?select=id', upTo(3)),
  get('Query', '/complex_items?id=eq.1&select=myId:id', [{ myId: 1 }]),
  get('Query', '/complex_items?select=id::text', [{ id: '1' }, { id: '2' }, { id: '3' }]),
  get('Query', '/complex_items?id=eq.1&select=myId:id::text', [{ myId: '1' }]),
  get('Query', '/complex_items?id=eq.1&select=settings', [{ settings: FOO }]),
  get('Query', '/projects?select=', PROJECTS),
  refused('Query', '/complex_items?select=id::fakecolumntype', 400, { code: '42704' }, { differs: NO_ECHO }),
  get('Query', '/Server%20Today?select=Just%20A%20Server%20Model&Just%20A%20Server%20Model=like.*91*', [
    { 'Just A Server Model': ' IBM,9113-550 (P5-550)' },
    { 'Just A Server Model': ' IBM,9113-550 (P5-550)' },
    { 'Just A Server Model': ' IBM,9131-52A (P5-52A)' },
    { 'Just A Server Model': ' IBM,9133-55A (P5-55A)' },
  ]),
  get(
    'Query',
    '/pgrst_reserved_chars?select=%22:arr-%3Eow::cast%22,%22(inside,parens)%22,%22a.dotted.column%22,%22%20%20col%20%20w%20%20space%20%20%22&%22*id*%22=eq.1',
    [
      {
        ':arr->ow::cast': ' arrow-1 ',
        '(inside,parens)': ' parens-1 ',
        'a.dotted.column': ' dotted-1 ',
        '  col  w  space  ': ' space-1',
      },
    ],
  ),
  get('Query', '/do$llar$s?select=a$num$&a$num$=eq.100', [{ a$num$: 100 }]),
  refused(
    'Query',
    '/projects?select=id,clients(id)',
    400,
    { code: 'PGRST200' },
    { differs: 'datasets have no relations' },
  ),
  refused(
    'Query',
    '/projects?select=*&non_existent_projects.name=like.*NonExistent*',
    400,
    problem(
      'PGRST108',
      'The requested table is not an embedded resource in this request',
      null,
      'Datasets have no relations to embed.',
    ),
    { differs: 'datasets have no relations, and the hint says so' },
  ),
];

const ORDERS: readonly Case[] = [
  get('Query', '/items?id=lte.2&order=id.asc', ids(1, 2), inRange('0-1/*')),
  get('Query', '/items?id=lte.2&order=id.desc', ids(2, 1), inRange('0-1/*')),
  get('Query', '/items?id=lte.2&order=id', ids(1, 2), inRange('0-1/*')),
  get('Query', '/no_pk?order=a.nullsfirst', [
    { a: null, b: null },
    { a: '1', b: '0' },
    { a: '2', b: '0' },
  ]),
  get('Query', '/no_pk?order=a.asc.nullslast', [
    { a: '1', b: '0' },
    { a: '2', b: '0' },
    { a: null, b: null },
  ]),
  get('Query', '/no_pk?order=a.desc.nullsfirst', [
    { a: null, b: null },
    { a: '2', b: '0' },
    { a: '1', b: '0' },
  ]),
  get('Query', '/no_pk?order=a.desc.nullslast', [
    { a: '2', b: '0' },
    { a: '1', b: '0' },
    { a: null, b: null },
  ]),
  get(
    'Query',
    '/projects?select=client_id,id,name&order=client_id.desc.nullslast,id.desc',
    [4, 3, 2, 1, 5].map((id) => PROJECTS[id - 1]),
    inRange('0-4/*'),
  ),
  ...(
    [
      ['id.ac', 4, 'unexpected "c" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
      ['id.descc', 8, `unexpected 'c' expecting delimiter (.), "," or end of input`],
      ['id.nulsfist', 4, 'unexpected "n" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
      ['id.nullslasttt', 13, `unexpected 't' expecting "," or end of input`],
      ['id.smth34', 4, 'unexpected "s" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
      ['id.asc.nlsfst', 8, 'unexpected "l" expecting "nullsfirst" or "nullslast"'],
      ['id.asc.nullslasttt', 17, `unexpected 't' expecting "," or end of input`],
      ['id.asc.smth34', 8, 'unexpected "s" expecting "nullsfirst" or "nullslast"'],
    ] as const
  ).map(([order, column, details]) =>
    refused(
      'Query',
      `/items?order=${order}`,
      400,
      problem('PGRST100', `"failed to parse order (…)" (line 1, column ${column})`, details),
      { differs: NO_ECHO },
    ),
  ),
];

const JSON_PATHS: readonly Case[] = [
  get('Json', '/complex_items?id=eq.1&select=settings->>foo::json', [FOO]),
  get('Json', '/complex_items?id=eq.1&select=myFoo:settings->>foo::json', [{ myFoo: FOO.foo }]),
  refused(
    'Json',
    '/complex_items?select=settings->foo->>bar::integer',
    400,
    { code: '22P02' },
    { differs: NO_ECHO },
  ),
  get('Json', '/complex_items?id=eq.1&select=settings->foo->>bar', [{ bar: 'baz' }]),
  get('Json', '/complex_items?id=eq.1&select=myBar:settings->foo->>bar', [{ myBar: 'baz' }]),
  get('Json', '/complex_items?id=eq.1&select=settings->foo->>int::integer', [{ int: 1 }]),
  get('Json', '/complex_items?id=eq.1&select=myInt:settings->foo->>int::integer', [{ myInt: 1 }]),
  get('Json', '/json_arr?id=eq.10&select=data->!@#$%^%26*_d->>!@#$%^%26*_e::integer', [{ '!@#$%^&*_e': 3 }]),
  refused(
    'Json',
    '/json_arr?id=eq.10&select=data->(!@#$%^%26*_d->>!@#$%^%26*_e::integer',
    400,
    problem(
      'PGRST100',
      '"failed to parse select parameter (…)" (line 1, column 7)',
      'unexpected "(" expecting "-", digit or any non reserved character different from: .,>()',
    ),
    { differs: NO_ECHO },
  ),
  refused('Json', '/json_arr?select=data->>c->1', 404, {
    code: '42883',
    message: 'operator does not exist: text -> integer',
  }),
  refused('Json', '/json_arr?select=data->>c->b', 404, {
    code: '42883',
    message: 'operator does not exist: text -> unknown',
  }),
  get('Json', '/json_arr?select=data->>0::int&id=in.(1,2)', [{ data: 1 }, { data: 4 }]),
  get('Json', '/json_arr?select=idx0:data->>0::int,idx1:data->>1::int&id=in.(1,2)', [
    { idx0: 1, idx1: 2 },
    { idx0: 4, idx1: 5 },
  ]),
  get('Json', '/json_arr?select=data->0->>1::int&id=in.(3,4)', [{ data: 8 }, { data: 7 }]),
  get('Json', '/json_arr?select=data->0->0->>1::int&id=in.(3,4)', [{ data: null }, { data: 6 }]),
  get('Json', '/json_arr?select=data->0->>a&id=in.(5,6)', [{ a: 'A' }, { a: '[1,2,3]' }]),
  get('Json', '/json_arr?select=data->0->a->>2&id=in.(5,6)', [{ a: null }, { a: '3' }]),
  get('Json', '/json_arr?select=data->c->>0::json&id=in.(7,8)', [{ c: 1 }, { c: { d: [4, 5, 6, 7, 8] } }]),
  get('Json', '/json_arr?select=data->c->0->d->>4::int&id=in.(7,8)', [{ d: null }, { d: 8 }]),
  get('Json', '/json_arr?select=data->0->0xy1->1->23-xy-45->1->xy-6->>0::int&id=eq.9', [{ 'xy-6': 3 }]),
  get('Json', '/json_arr?select=data->c&id=in.(7,8)', [{ c: [1, 2, 3] }, { c: [{ d: [4, 5, 6, 7, 8] }] }]),
  get('Json', '/json_arr?select=data->0->a&id=in.(5,6)', [{ a: 'A' }, { a: [1, 2, 3] }]),
  get('Json', '/json_arr?select=data->c->0->d&id=eq.8', [{ d: [4, 5, 6, 7, 8] }]),
  get('Json', '/arrays?select=a:numbers->0,b:numbers->1,c:numbers_mult->0->0,d:numbers_mult->1->2', [
    { a: 1, b: 2, c: 1, d: 6 },
    { a: 11, b: 12, c: 11, d: 16 },
  ]),
  get('Json', '/arrays?select=a:numbers->>0,b:numbers->>1,c:numbers_mult->0->>0,d:numbers_mult->1->>2', [
    { a: '1', b: '2', c: '1', d: '6' },
    { a: '11', b: '12', c: '11', d: '16' },
  ]),
  get('Json', '/json_table?data->foo->>bar=eq.baz', [{ data: { id: 1, foo: { bar: 'baz' } } }]),
  get('Json', '/json_table?data->foo->>bar=eq.fake', []),
  get('Json', '/json_table?data->foo->>bar=not.eq.baz', []),
  get('Json', '/json_table?data->>id=eq.1', [{ data: { id: 1, foo: { bar: 'baz' } } }]),
  get('Json', '/grandchild_entities?or=(jsonb_col->a->>b.eq.foo, jsonb_col->>b.eq.bar)&select=id', ids(4, 5)),
  get('Json', '/json_arr?select=data->!@#$%^%26*_d&data->!@#$%^%26*_d->>!@#$%^%26*_e=eq.3', [
    { '!@#$%^&*_d': { '!@#$%^&*_e': 3 } },
  ]),
  get('Json', '/json_arr?select=data&data->>0=eq.1', [{ data: [1, 2, 3] }]),
  get('Json', '/json_arr?select=data&data->1->>2=eq.13', [
    {
      data: [
        [9, 8, 7],
        [11, 12, 13],
      ],
    },
  ]),
  get('Json', '/json_arr?select=data&data->1->>b=eq.B', [{ data: [{ a: 'A' }, { b: 'B' }] }]),
  get('Json', '/json_arr?select=data&data->1->b->>1=eq.5', [{ data: [{ a: [1, 2, 3] }, { b: [4, 5] }] }]),
  get('Json', '/jsonb_test?data=eq.{"e":1}', [{ id: 4, data: { e: 1 } }]),
  get('Json', '/jsonb_test?data->a=eq.{"b":2}', [{ id: 1, data: { a: { b: 2 } } }]),
  get('Json', '/jsonb_test?data->c=eq.[1,2,3]', [{ id: 2, data: { c: [1, 2, 3] } }]),
  get('Json', '/jsonb_test?data->0=eq.{"d":"test"}', [{ id: 3, data: [{ d: 'test' }] }]),
  get('Json', '/arrays?select=id&numbers->0=eq.1', ids(0)),
  get('Json', '/arrays?select=id&numbers->>0=eq.11', ids(1)),
  get('Json', '/arrays?select=id&numbers_mult->1->1=eq.5', ids(0)),
  get('Json', '/arrays?select=id&numbers_mult->2->>2=eq.19', ids(1)),
  get('Json', '/json_table?order=data->>id.asc', [
    { data: { id: 0 } },
    { data: { id: 1, foo: { bar: 'baz' } } },
    { data: { id: 3 } },
  ]),
  get('Json', '/json_table?order=data->foo->>bar.nullsfirst', [
    { data: { id: 3 } },
    { data: { id: 0 } },
    { data: { id: 1, foo: { bar: 'baz' } } },
  ]),
  get('Json', '/arrays?select=id&order=numbers->0.desc', ids(1, 0)),
  get('Json', '/arrays?select=id&order=numbers->1.asc', ids(0, 1)),
  get('Json', '/arrays?select=id&order=numbers_mult->0->0.desc', ids(1, 0)),
  get('Json', '/arrays?select=id&order=numbers_mult->2->2.asc', ids(0, 1)),
  get('Json', '/json_arr?select=data->>-1::int&id=in.(1,2)', [{ data: 3 }, { data: 6 }]),
  get('Json', '/json_arr?select=data->0->>-2::int&id=in.(3,4)', [{ data: 8 }, { data: 7 }]),
  get('Json', '/json_arr?select=data->-2->>a&id=in.(5,6)', [{ a: 'A' }, { a: '[1,2,3]' }]),
  get('Json', '/json_arr?select=data&data->>-3=eq.1', [{ data: [1, 2, 3] }]),
  get('Json', '/json_arr?select=data&data->-1->>-3=eq.11', [
    {
      data: [
        [9, 8, 7],
        [11, 12, 13],
      ],
    },
  ]),
  get('Json', '/json_arr?select=data&data->-1->>b=eq.B', [{ data: [{ a: 'A' }, { b: 'B' }] }]),
  get('Json', '/json_arr?select=data&data->-1->b->>-1=eq.5', [{ data: [{ a: [1, 2, 3] }, { b: [4, 5] }] }]),
  refused(
    'Json',
    '/json_arr?select=data->>--34',
    400,
    problem(
      'PGRST100',
      '"failed to parse select parameter (…)" (line 1, column 9)',
      'unexpected "-" expecting digit',
    ),
    { differs: NO_ECHO },
  ),
];

const totals = (key: string): unknown[] =>
  (
    [
      [4100, 4000, 100, 4],
      [3200, 2000, 1200, 3],
      [1200, 700, 500, 2],
      [300, 200, 100, 1],
    ] as const
  ).map(([sum, max, min, id]) => ({ sum, max, min, [key]: id }));

const AGGREGATES: readonly Case[] = [
  get('Aggregates', '/entities?select=count()', [{ count: 4 }]),
  get('Aggregates', '/entities?select=cnt:count()', [{ cnt: 4 }]),
  get('Aggregates', '/entities?select=count()::text', [{ count: '4' }]),
  get('Aggregates', '/projects?select=c:count(),client_id&order=client_id.desc', [
    { c: 1, client_id: null },
    { c: 2, client_id: 2 },
    { c: 2, client_id: 1 },
  ]),
  get('Aggregates', '/entities?select=count', [{ count: 4 }]),
  get('Aggregates', '/project_invoices?select=invoice_total.sum()', [{ sum: 8800 }]),
  get('Aggregates', '/project_invoices?select=invoice_total.avg()', [{ avg: 1100 }]),
  get('Aggregates', '/project_invoices?select=invoice_total.min()', [{ min: 100 }]),
  get('Aggregates', '/project_invoices?select=invoice_total.max()', [{ max: 4000 }]),
  get('Aggregates', '/project_invoices?select=invoice_total.count()', [{ count: 8 }]),
  get(
    'Aggregates',
    '/project_invoices?select=invoice_total.sum(),invoice_total.max(),invoice_total.min(),project_id&order=project_id.desc',
    totals('project_id'),
  ),
  get(
    'Aggregates',
    '/project_invoices?select=invoice_total.sum(),invoice_total.max(),invoice_total.min(),pid:project_id&order=project_id.desc',
    totals('pid'),
  ),
  get(
    'Aggregates',
    '/project_invoices?select=total_charged:invoice_total.sum(),project_id&order=project_id.desc',
    [
      { total_charged: 4100, project_id: 4 },
      { total_charged: 3200, project_id: 3 },
      { total_charged: 1200, project_id: 2 },
      { total_charged: 300, project_id: 1 },
    ],
  ),
  get(
    'Aggregates',
    '/project_invoices?select=total:invoice_total.sum()::text,project_id&order=project_id&limit=1',
    [{ total: '300', project_id: 1 }],
  ),
  get('Aggregates', '/trash_details?select=jsonb_col->>key::integer.sum()', [{ sum: 24 }]),
  get('Aggregates', '/trash_details?select=s:jsonb_col->>key::integer.sum()::text', [{ s: '24' }]),
];

const NO_OFFSET = (offset: number, total: number): unknown =>
  problem(
    'PGRST103',
    'Requested range not satisfiable',
    `An offset of ${offset} was requested, but there are only ${total} rows.`,
  );

const RANGES: readonly Case[] = [
  get('Range', '/menagerie', [], { prefer: 'count=none', ...inRange('*/*') }),
  get('Range', '/items?order=id', upTo(15), { prefer: 'count=none', ...inRange('0-14/*') }),
  get('Range', '/items?id=eq.1&order=id', ids(1), { prefer: 'count=none', ...inRange('0-0/*') }),
  get('Range', '/items?select=id&order=id.asc&limit=3', ids(1, 2, 3), inRange('0-2/*')),
  get('Range', '/items?select=id&order=id.asc&limit=3', ids(1, 2), { range: '0-1', ...inRange('0-1/*') }),
  get('Range', '/items?select=id&order=id.asc&limit=3&offset=2', ids(3, 4, 5), inRange('2-4/*')),
  {
    spec: 'Range',
    path: '/items?select=id&order=id.asc&limit=3&offset=2',
    method: 'HEAD',
    answer: '',
    ...inRange('2-4/*'),
  },
  get('Range', '/items?select=id&offset=0&order=id', upTo(15), inRange('0-14/*')),
  get('Range', '/items?select=id&offset=-4&order=id', upTo(15), inRange('0-14/*')),
  get('Range', '/items?select=id&limit=0', [], inRange('*/*')),
  refused(
    'Range',
    '/items?select=id&limit=-1',
    416,
    problem('PGRST103', 'Requested range not satisfiable', 'Limit should be greater than or equal to zero.'),
  ),
  refused('Range', '/menagerie?offset=1', 416, NO_OFFSET(1, 0), { prefer: 'count=exact', ...inRange('*/0') }),
  refused('Range', '/items?offset=100', 416, NO_OFFSET(100, 15), {
    prefer: 'count=exact',
    ...inRange('*/15'),
  }),
  {
    spec: 'Range',
    path: '/items',
    method: 'HEAD',
    prefer: 'count=planned',
    answer: '',
    ...inRange('0-14/15'),
  },
  {
    spec: 'Range',
    path: '/child_entities',
    method: 'HEAD',
    prefer: 'count=planned',
    answer: '',
    ...inRange('0-5/6'),
  },
  {
    spec: 'Range',
    path: '/items?limit=2&offset=3',
    method: 'HEAD',
    prefer: 'count=planned',
    status: 206,
    answer: '',
    ...inRange('3-4/15'),
  },
  {
    spec: 'Range',
    path: '/child_entities?limit=2',
    method: 'HEAD',
    prefer: 'count=planned',
    status: 206,
    answer: '',
    ...inRange('0-1/6'),
  },
  get('Range', '/items?order=id', ids(1, 2), { range: '0-1', ...inRange('0-1/*') }),
  get('Range', '/items', undefined, { range: '0-', ...inRange('0-14/*') }),
  get('Range', '/menagerie', [], { range: '0-1', ...inRange('*/*') }),
  get('Range', '/items?order=id', ids(1), { range: '0-0', ...inRange('0-0/*') }),
  get('Range', '/items?order=id', ids(11, 12, 13, 14, 15), { range: '10-100', ...inRange('10-14/*') }),
  refused(
    'Range',
    '/items',
    416,
    problem(
      'PGRST103',
      'Requested range not satisfiable',
      'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    ),
    { range: '1-0' },
  ),
  refused('Range', '/menagerie', 416, NO_OFFSET(1, 0), {
    prefer: 'count=exact',
    range: '1-2',
    ...inRange('*/0'),
  }),
  refused('Range', '/items', 416, NO_OFFSET(100, 15), {
    prefer: 'count=exact',
    range: '100-199',
    ...inRange('*/15'),
  }),
  get('Range', '/items?order=id&limit=2', ids(1, 2), {
    prefer: 'count=exact',
    status: 206,
    ...inRange('0-1/15'),
  }),
  get('Range', '/items?order=id&limit=2', ids(1, 2), {
    prefer: 'count=estimated',
    status: 206,
    ...inRange('0-1/15'),
  }),
];

const OBJECT = 'application/vnd.pgrst.object+json';
const csv = { 'content-type': 'text/csv; charset=utf-8' };

const MEDIA: readonly Case[] = [
  refused('Query', '/simple_pk', 406, { code: 'PGRST107' }, { accept: 'text/unknowntype', differs: NO_ECHO }),
  get('Query', '/simple_pk', [U, V], { accept: '*/*' }),
  get('Query', '/simple_pk', [U, V], { accept: 'text/unknowntype, */*' }),
  get('Query', '/simple_pk', 'k,extra\nxyyx,u\nxYYx,v', { accept: 'text/csv, */*', headers: csv }),
  get('Query', '/simple_pk', 'k,extra\nxyyx,u\nxYYx,v', {
    accept: 'text/csv, application/json',
    headers: csv,
  }),
  get('Query', '/simple_pk', 'k,extra\nxyyx,u\nxYYx,v', { accept: 'text/unknowntype, text/csv' }),
  get('Query', '/simple_pk', 'k,extra\nxyyx,u\nxYYx,v', { accept: 'text/csv; version=1', headers: csv }),
  refused('Singular', '/items?id=gt.0&id=lt.0', 406, { code: 'PGRST116' }, { accept: OBJECT }),
  get('Singular', '/items?id=eq.5', { id: 5 }, { accept: OBJECT }),
  get('Singular', '/items?id=eq.5', { id: 5 }, { accept: 'application/vnd.pgrst.object' }),
  get('Singular', '/items?id=eq.5', { id: 5 }, { accept: OBJECT, prefer: 'count=none' }),
  get(
    'NullsStrip',
    '/organizations?select=id,referee,auditor&id=lt.4',
    [{ id: 1 }, { id: 2 }, { id: 3, referee: 1, auditor: 2 }],
    {
      accept: 'application/vnd.pgrst.array+json;nulls=stripped',
    },
  ),
  get('NullsStrip', '/organizations?id=eq.1', [{ id: 1, name: 'Referee Org', manager_id: 1 }], {
    accept: 'application/vnd.pgrst.array;nulls=stripped',
  }),
  get(
    'NullsStrip',
    '/organizations?limit=1',
    { id: 1, name: 'Referee Org', manager_id: 1 },
    { accept: `${OBJECT};nulls=stripped` },
  ),
  get(
    'NullsStrip',
    '/organizations?select=id,referee,auditor&limit=1',
    { id: 1 },
    { accept: `${OBJECT};nulls=stripped` },
  ),
  refused(
    'NullsStrip',
    '/organizations?select=*',
    406,
    problem('PGRST116', 'Cannot coerce the result to a single JSON object', 'The result contains 6 rows'),
    { accept: `${OBJECT};nulls=stripped` },
  ),
  get('NullsStrip', '/organizations?select=id,referee&limit=1', [{ id: 1, referee: null }], {
    accept: 'application/vnd.pgrst.array+json',
  }),
];

const post = (spec: string, path: string, body: unknown, more: Partial<Case> = {}): Case => ({
  spec,
  path,
  method: 'POST',
  body,
  status: 201,
  ...more,
});
const REP = 'return=representation';
const ZOO = { integer: 14, double: 2.5, varchar: 'testing!', boolean: false, date: '1900-01-01' };
const MATCH = problem('PGRST102', 'All object keys must match');

const INSERTS: readonly Case[] = [
  post('Insert', '/menagerie', ZOO, { answer: '' }),
  post('Insert', '/menagerie?select=integer,varchar', [ZOO], {
    prefer: REP,
    answer: [{ integer: 14, varchar: 'testing!' }],
    headers: { 'preference-applied': REP },
  }),
  post('Insert', '/menagerie?select=integer,varchar', [ZOO], { answer: '' }),
  post('Insert', '/menagerie?select=integer,varchar', [ZOO], { prefer: 'return=minimal', answer: '' }),
  post('Insert', '/articles', [{ id: 100, body: 'x' }, 123, 'x', { id: 111, body: 'x' }], {
    status: 400,
    answer: MATCH,
  }),
  post(
    'Insert',
    '/articles',
    [
      { id: 100, body: 'x' },
      { id: 111, body: 'x', owner: 'me' },
    ],
    { status: 400, answer: MATCH },
  ),
  post(
    'Insert',
    '/projects?select=pId:id::text,pName:name,cId:client_id::text',
    { id: 7, name: 'New Project', client_id: 2 },
    {
      prefer: REP,
      answer: [{ pId: '7', pName: 'New Project', cId: '2' }],
      headers: { 'content-range': '*/*' },
    },
  ),
  post(
    'Insert',
    '/projects?select=name,client_id',
    { id: 11, name: 'New Project', client_id: 2 },
    {
      prefer: 'return=headers-only',
      answer: '',
      headers: {
        location: '/projects?id=eq.11',
        'content-range': '*/*',
        'preference-applied': 'return=headers-only',
      },
    },
  ),
  post(
    'Insert',
    '/menagerie',
    'integer=7&double=2.71828&varchar=forms+are+fun&boolean=false&date=1900-01-01',
    {
      contentType: 'application/x-www-form-urlencoded',
      answer: '',
    },
  ),
  post(
    'Insert',
    '/simple_pk',
    { extra: 'foo' },
    { status: 400, answer: { code: '23502' }, differs: NO_ECHO },
  ),
  post('Insert', '/no_pk', { a: 'foo', b: 'bar' }, { answer: '' }),
  post('Insert', '/no_pk', { a: 'bar', b: 'baz' }, { prefer: REP, answer: [{ a: 'bar', b: 'baz' }] }),
  post('Insert', '/no_pk', [], { prefer: REP, answer: [] }),
  post('Insert', '/no_pk', { a: null, b: 'foo' }, { prefer: REP, answer: [{ a: null, b: 'foo' }] }),
  post(
    'Insert',
    '/compound_pk',
    { k1: 12, k2: 'Rock & R+ll' },
    {
      prefer: REP,
      answer: [{ k1: 12, k2: 'Rock & R+ll', extra: null }],
    },
  ),
  post(
    'Insert',
    '/compound_pk',
    { k1: 12, k2: 'Rock & R+ll' },
    {
      prefer: 'return=headers-only',
      headers: { location: '/compound_pk?k1=eq.12&k2=eq.Rock%20%26%20R%2Bll' },
    },
  ),
  post(
    'Insert',
    '/compound_pk',
    [
      { k1: 21, k2: 'hello world' },
      { k1: 22, k2: 'bye for now' },
    ],
    { answer: '' },
  ),
  post('Insert', '/simple_pk', '}{ x = 2', {
    contentType: 'application/json',
    status: 400,
    answer: problem('PGRST102', 'Empty or invalid json'),
  }),
  post('Insert', '/simple_pk', '', {
    contentType: 'application/json',
    status: 400,
    answer: problem('PGRST102', 'Empty or invalid json'),
  }),
  post('Insert', '/simple_pk', { k: 'k1', extra: 'e1' }, { answer: '' }),
  post(
    'Insert',
    '/simple_pk',
    { k: 'xyyx', extra: 'e1' },
    { status: 409, answer: { code: '23505' }, differs: NO_ECHO },
  ),
  post(
    'Insert',
    '/json_table',
    { data: { foo: 'bar' } },
    { prefer: REP, answer: [{ data: { foo: 'bar' } }] },
  ),
  post('Insert', '/json_table', { data: [1, 2, 3] }, { prefer: REP, answer: [{ data: [1, 2, 3] }] }),
  post('Insert', '/items', {}, { answer: '' }),
  post('Insert', '/items', [{}], { answer: '' }),
  post('Insert', '/items', [{}, {}], { answer: '' }),
  post('Insert', '/items2', {}, { prefer: REP, answer: [{ id: 20 }] }),
  post('Insert', '/json_table', '\t \n \r [{ "data": { "foo":"bar" } }, \t \n \r {"data": 34}]\t \n \r ', {
    contentType: 'application/json',
    prefer: REP,
    answer: [{ data: { foo: 'bar' } }, { data: 34 }],
  }),
  post(
    'Insert',
    '/articles?columns=id,body',
    { id: 200, body: 'xxx', smth: 'here', other: 'stuff', fake_id: 13 },
    {
      prefer: REP,
      answer: [{ id: 200, body: 'xxx', owner: 'postgrest_test_anonymous' }],
    },
  ),
  post(
    'Insert',
    '/articles?columns=id,body&select=id,body',
    [
      { id: 201, body: 'yyy', smth: 'here' },
      { id: 202, body: 'zzz', garbage: '%%$&' },
      { id: 203, body: 'aaa', hey: 'ho' },
    ],
    {
      prefer: REP,
      answer: [
        { id: 201, body: 'yyy' },
        { id: 202, body: 'zzz' },
        { id: 203, body: 'aaa' },
      ],
    },
  ),
  post('Insert', '/articles?columns=', [{ id: 204, body: 'yyy' }], {
    status: 400,
    answer: problem(
      'PGRST100',
      '"failed to parse columns parameter (…)" (line 1, column 1)',
      'unexpected end of input expecting field name (* or [a..z0..9_$])',
    ),
    differs: NO_ECHO,
  }),
  post('Insert', '/articles?columns=helicopter', [{ id: 204, body: 'yyy' }], {
    status: 400,
    answer: problem('PGRST204', "Could not find the 'helicopter' column of 'articles' in the schema cache"),
  }),
  post(
    'Insert',
    '/articles?columns=id,body',
    [{ id: 204, body: 'yyy' }, 333, 'asdf', { id: 205, body: 'zzz' }],
    { status: 400 },
  ),
  post(
    'Insert',
    '/complex_items?columns=id,name,field-with_sep,arr_data',
    [
      { id: 4, name: 'Vier' },
      { id: 5, name: 'Funf', arr_data: null },
      { id: 6, name: 'Sechs', 'field-with_sep': 6, arr_data: '{1,2,3}' },
    ],
    {
      prefer: `${REP}, missing=default`,
      answer: [
        { id: 4, name: 'Vier', 'field-with_sep': 1, settings: null, arr_data: null },
        { id: 5, name: 'Funf', 'field-with_sep': 1, settings: null, arr_data: null },
        { id: 6, name: 'Sechs', 'field-with_sep': 6, settings: null, arr_data: [1, 2, 3] },
      ],
      headers: { 'preference-applied': `missing=default, ${REP}` },
    },
  ),
  post('Insert', '/tbl_w_json', '{ "data": { "a": 1, "a": 2 }, "id": 3 }', {
    contentType: 'application/json',
    prefer: REP,
    answer: '[{"data":{ "a": 1, "a": 2 },"id":3}]',
  }),
  post('Insert', '/tbl_w_json?columns=id,data', '{ "data": { "a": 1, "a": 2 }, "id": 3 }', {
    contentType: 'application/json',
    prefer: `${REP}, missing=default`,
    answer: '[{"data":{ "a": 1, "a": 2 },"id":3}]',
    differs: 'a JSON value is kept as it came with missing=default too',
  }),
  post(
    'Insert',
    '/simple_pk?select=extra,k',
    { k: '棋圍', extra: '￥' },
    { prefer: REP, answer: [{ k: '棋圍', extra: '￥' }] },
  ),
  post('Insert', '/no_pk', 'a,b\nbar,baz', {
    contentType: 'text/csv',
    accept: 'text/csv',
    prefer: REP,
    answer: 'a,b\nbar,baz',
  }),
  post('Insert', '/no_pk', 'a,b\nNULL,foo', {
    contentType: 'text/csv',
    accept: 'text/csv',
    prefer: REP,
    answer: 'a,b\n,foo',
  }),
  post('Insert', '/projects?select=id', 'id,name,client_id\n8,Xenix,1\n9,Windows NT,1', {
    contentType: 'text/csv',
    accept: 'text/csv',
    prefer: REP,
    answer: 'id\n8\n9',
  }),
  post('Insert', '/no_pk', 'a,b\nfoo,bar\nbaz', {
    contentType: 'text/csv',
    status: 400,
    answer: problem('PGRST102', 'All lines must have same number of fields'),
  }),
];

const rank = (name: string, place: number): unknown => ({ name, rank: place });
const MERGE = `${REP}, resolution=merge-duplicates`;
const IGNORE = `${REP}, resolution=ignore-duplicates`;
const LANGUAGES = [rank('Javascript', 6), rank('Java', 2), rank('C', 1)];
const KNOWN_LANGUAGES = [rank('Python', 6), rank('Java', 2), rank('C', 1)];
const UNIQUES = [
  { unique_key: 1, value: 'B' },
  { unique_key: 2, value: 'C' },
];
const COMPOUND = [
  { key1: 1, key2: 1, value: 'B' },
  { key1: 1, key2: 2, value: 'C' },
];

const UPSERTS: readonly Case[] = [
  post('Upsert', '/tiobe_pls', LANGUAGES, {
    prefer: MERGE,
    answer: LANGUAGES,
    headers: { 'preference-applied': `resolution=merge-duplicates, ${REP}` },
  }),
  post('Upsert', '/tiobe_pls', KNOWN_LANGUAGES, { prefer: MERGE, status: 200, answer: KNOWN_LANGUAGES }),
  post('Upsert', '/articles', [], { prefer: MERGE, status: 200, answer: [] }),
  post('Upsert', '/single_unique?on_conflict=unique_key', UNIQUES, { prefer: MERGE, answer: UNIQUES }),
  post('Upsert', '/compound_unique?on_conflict=key1,key2', COMPOUND, { prefer: MERGE, answer: COMPOUND }),
  post(
    'Upsert',
    '/surr_serial_upsert?columns=id,name&select=name,extra',
    [{ id: 1, name: 'updated value' }, { name: 'new value' }],
    {
      prefer: `${MERGE}, missing=default`,
      answer: [
        { name: 'updated value', extra: 'existing value' },
        { name: 'new value', extra: null },
      ],
      headers: { 'preference-applied': `resolution=merge-duplicates, missing=default, ${REP}` },
    },
  ),
  post('Upsert', '/only_pk', ids(1, 2, 4), { prefer: MERGE, answer: ids(1, 2, 4) }),
  post('Upsert', '/no_pk', [{ a: '1', b: '0' }], {
    prefer: MERGE,
    answer: [{ a: '1', b: '0' }],
    headers: { 'preference-applied': REP },
  }),
  post('Upsert', '/tiobe_pls', [rank('PHP', 9), rank('Python', 10)], {
    prefer: IGNORE,
    answer: [rank('PHP', 9)],
  }),
  post('Upsert', '/single_unique?on_conflict=unique_key', [...UNIQUES, { unique_key: 3, value: 'D' }], {
    prefer: IGNORE,
    answer: [
      { unique_key: 2, value: 'C' },
      { unique_key: 3, value: 'D' },
    ],
  }),
  post('Upsert', '/compound_unique?on_conflict=key1,key2', [...COMPOUND, { key1: 1, key2: 3, value: 'D' }], {
    prefer: IGNORE,
    answer: [
      { key1: 1, key2: 2, value: 'C' },
      { key1: 1, key2: 3, value: 'D' },
    ],
  }),
  post(
    'Upsert',
    '/surr_serial_upsert?columns=id,name&select=name,extra',
    [{ id: 1, name: 'updated value' }, { name: 'new value' }],
    {
      prefer: `${IGNORE}, missing=default`,
      answer: [{ name: 'new value', extra: null }],
    },
  ),
  post('Upsert', '/only_pk', ids(1, 2, 3), { prefer: IGNORE, answer: ids(3) }),
  post('Upsert', '/tiobe_pls', [rank('Java', 1)], { prefer: IGNORE, answer: [] }),
  post('Upsert', '/tiobe_pls', [rank('Java', 1), rank('C', 2)], { prefer: IGNORE, answer: [] }),
  {
    spec: 'Upsert',
    path: '/tiobe_pls?name=eq.Go',
    method: 'PUT',
    prefer: REP,
    body: [rank('Go', 19)],
    status: 201,
    answer: [rank('Go', 19)],
  },
  {
    spec: 'Upsert',
    path: '/tiobe_pls?name=eq.Java',
    method: 'PUT',
    prefer: REP,
    body: [rank('Java', 13)],
    answer: [rank('Java', 13)],
  },
  {
    spec: 'Upsert',
    path: '/tiobe_pls?name=eq.Javascript&limit=1',
    method: 'PUT',
    body: [rank('Javascript', 1)],
    status: 400,
    answer: problem('PGRST114', 'limit/offset querystring parameters are not allowed for PUT'),
  },
  ...[
    '/tiobe_pls?rank=eq.19',
    '/tiobe_pls?id=not.eq.Java',
    '/tiobe_pls?name=in.(Go)',
    '/tiobe_pls?and=(name.eq.Go)',
  ].map((path): Case => ({
    spec: 'Upsert',
    path,
    method: 'PUT',
    body: [rank('Go', 19)],
    status: 405,
    answer: problem('PGRST105', "Filters must include all and only primary key columns with 'eq' operators"),
  })),
  {
    spec: 'Upsert',
    path: '/tiobe_pls?name=eq.MATLAB',
    method: 'PUT',
    body: [rank('Perl', 17)],
    status: 400,
    answer: problem('PGRST115', 'Payload values do not match URL in primary key column(s)'),
  },
];

const patch = (spec: string, path: string, body: unknown, more: Partial<Case> = {}): Case => ({
  spec,
  path,
  method: 'PATCH',
  body,
  status: 204,
  ...more,
});
const remove = (spec: string, path: string, more: Partial<Case> = {}): Case => ({
  spec,
  path,
  method: 'DELETE',
  status: 204,
  ...more,
});
const NONE = { status: 204, answer: '', headers: { 'content-range': '*/*' } };
const plural = (rows: number): unknown =>
  problem('PGRST116', 'Cannot coerce the result to a single JSON object', `The result contains ${rows} rows`);
const affected = (rows: number): unknown =>
  problem(
    'PGRST124',
    'Query result exceeds max-affected preference constraint',
    `The query affects ${rows} rows`,
  );

const CHANGES: readonly Case[] = [
  patch('Update', '/simple_pk', '}{ x = 2', {
    contentType: 'application/json',
    status: 400,
    answer: { code: 'PGRST102' },
  }),
  patch('Update', '/items', '', {
    contentType: 'application/json',
    status: 400,
    answer: { code: 'PGRST102' },
  }),
  patch('Update', '/items?id=eq.2', { id: 42 }, { answer: '', headers: { 'content-range': '0-0/*' } }),
  patch('Update', '/items?id=eq.999999', { id: 999_999 }, { prefer: REP, status: 200, answer: [] }),
  patch('Update', '/items?id=eq.99999999', { id: 42 }, { answer: '' }),
  patch(
    'Update',
    '/items?id=eq.2',
    { id: 2 },
    { prefer: REP, status: 200, answer: ids(2), ...inRange('0-0/*') },
  ),
  patch(
    'Update',
    '/no_pk?b=eq.0',
    { b: '1' },
    {
      prefer: 'tx=commit',
      headers: { 'content-range': '0-1/*', 'preference-applied': 'tx=commit' },
    },
  ),
  patch('Update', '/no_pk?a=eq.1', { b: null }, { prefer: REP, status: 200, answer: [{ a: '1', b: null }] }),
  patch('Update', '/items?id=eq.1&select=id', { id: 1 }, { answer: '', ...inRange('0-0/*') }),
  ...[{}, [], [{}]].flatMap((body) => [
    patch('Update', '/items', body, NONE),
    patch('Update', '/items?select=id', body, NONE),
    patch('Update', '/items', body, { ...NONE, prefer: REP, status: 200, answer: [] }),
  ]),
  patch(
    'Update',
    '/no_pk?a=eq.1',
    { a: '圍棋', b: '￥' },
    { prefer: REP, status: 200, answer: [{ a: '圍棋', b: '￥' }] },
  ),
  patch(
    'Update',
    '/articles?id=eq.1&columns=body',
    { body: 'Some real content', smth: 'here', fake_id: 13 },
    {
      prefer: REP,
      status: 200,
      answer: [{ id: 1, body: 'Some real content', owner: 'diogo' }],
    },
  ),
  patch(
    'Update',
    '/articles?id=eq.2001&columns=body',
    { body: 'x', smth: 'here' },
    { prefer: REP, status: 200, answer: [] },
  ),
  patch(
    'Update',
    '/articles?id=eq.1&columns=helicopter',
    { body: 'yyy' },
    {
      status: 400,
      answer: problem('PGRST204', "Could not find the 'helicopter' column of 'articles' in the schema cache"),
    },
  ),
  patch(
    'Json',
    '/json_table?data->>id=eq.3',
    { data: { id: ' "escaped' } },
    {
      prefer: REP,
      status: 200,
      answer: [{ data: { id: ' "escaped' } }],
    },
  ),
  patch(
    'PgSafeUpdate',
    '/safe_update',
    { name: 'New name' },
    {
      status: 400,
      answer: problem('21000', 'UPDATE requires a WHERE clause'),
    },
  ),
  remove('PgSafeUpdate', '/safe_delete', {
    status: 400,
    answer: problem('21000', 'DELETE requires a WHERE clause'),
  }),
  remove('PgSafeUpdate', '/safe_delete?id=gt.0', { prefer: 'count=exact', ...inRange('*/3') }),
  remove('Delete', '/items?id=eq.1', NONE),
  remove('Delete', '/items?id=eq.2', {
    prefer: `${REP}, count=exact`,
    status: 200,
    answer: ids(2),
    ...inRange('*/1'),
  }),
  remove('Delete', '/items?id=eq.3&select=id', NONE),
  remove('Delete', '/items?id=eq.3&select=id', { ...NONE, prefer: 'return=minimal' }),
  remove('Delete', '/complex_items?id=eq.2&select=id,name', {
    prefer: REP,
    status: 200,
    answer: [{ id: 2, name: 'Two' }],
  }),
  remove('Delete', '/complex_items?id=eq.3&select=ciId:id::text,ciName:name', {
    prefer: REP,
    status: 200,
    answer: [{ ciId: '3', ciName: 'Three' }],
  }),
  patch(
    'Singular',
    '/addresses?id=eq.1',
    { address: 'B Street' },
    {
      prefer: REP,
      accept: OBJECT,
      status: 200,
      answer: { id: 1, address: 'B Street' },
    },
  ),
  patch(
    'Singular',
    '/addresses?id=eq.1',
    { address: 'C Street' },
    { prefer: 'return=minimal', accept: OBJECT, answer: '' },
  ),
  patch(
    'Singular',
    '/addresses?id=gt.0',
    { address: 'zzz' },
    { accept: OBJECT, status: 406, answer: plural(4) },
  ),
  patch(
    'Singular',
    '/addresses?id=gt.0',
    { address: 'zzz' },
    { prefer: REP, accept: OBJECT, status: 406, answer: plural(4) },
  ),
  patch('Singular', '/items?id=gt.0&id=lt.0', { id: 1 }, { accept: OBJECT, status: 406, answer: plural(0) }),
  post('Singular', '/addresses', [{ id: 102, address: 'xxx' }], {
    prefer: REP,
    accept: OBJECT,
    answer: { id: 102, address: 'xxx' },
  }),
  post('Singular', '/addresses', [{ id: 103, address: 'xxx' }], {
    accept: OBJECT,
    answer: '',
    ...inRange('*/*'),
  }),
  post(
    'Singular',
    '/addresses',
    [
      { id: 200, address: 'x' },
      { id: 201, address: 'y' },
    ],
    { accept: OBJECT, status: 406, answer: plural(2) },
  ),
  post('Singular', '/addresses', [], { accept: OBJECT, status: 406, answer: plural(0) }),
  remove('Singular', '/items?id=eq.11', { prefer: REP, accept: OBJECT, status: 200, answer: { id: 11 } }),
  remove('Singular', '/items?id=gt.0&id=lt.6', { accept: OBJECT, status: 406, answer: plural(5) }),
  remove('Singular', '/items?id=lt.0', { accept: OBJECT, status: 406, answer: plural(0) }),
  remove('MaxAffected', '/items?id=lt.15', {
    prefer: 'handling=strict, max-affected=10',
    status: 400,
    answer: affected(14),
  }),
  remove('MaxAffected', '/items?id=lt.10', {
    prefer: 'handling=strict, max-affected=10',
    answer: '',
    headers: { 'preference-applied': 'handling=strict, max-affected=10' },
  }),
  patch('MaxAffected', '/tiobe_pls?name=eq.Java', [rank('Java', 19)], {
    prefer: 'handling=strict, max-affected=0',
    status: 400,
    answer: affected(1),
  }),
  remove('MaxAffected', '/items?id=lt.15', {
    prefer: 'handling=lenient, max-affected=10',
    answer: '',
    headers: { 'preference-applied': 'handling=lenient' },
  }),
  patch('MaxAffected', '/tiobe_pls?name=eq.Java', [rank('Java', 19)], {
    prefer: 'handling=lenient, max-affected=0',
    answer: '',
  }),
  refused(
    'Handling',
    '/items',
    400,
    { code: 'PGRST122', message: 'Invalid preferences given with handling=strict' },
    {
      prefer: 'handling=strict, anything',
      differs: NO_ECHO,
    },
  ),
  refused(
    'Handling',
    '/items',
    400,
    { code: 'PGRST122' },
    { prefer: 'handling=strict, something, else', differs: NO_ECHO },
  ),
  get('Handling', '/items', undefined, { prefer: 'handling=lenient, anything' }),
  remove('LimitedMutation', '/items?order=id&limit=1', {
    status: 400,
    answer: { code: 'PGRST127' },
    differs: 'a bound that would not be kept is refused instead of ignored',
  }),
];

export const CASES: readonly Case[] = [
  ...FILTERS,
  ...SEARCHES,
  ...LOGIC,
  ...LISTS,
  ...SHAPES,
  ...ORDERS,
  ...JSON_PATHS,
  ...AGGREGATES,
  ...RANGES,
  ...MEDIA,
  ...INSERTS,
  ...UPSERTS,
  ...CHANGES,
];
