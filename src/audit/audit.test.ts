import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { controlPlaneRoutes, makeScene, openStage } from '../../test/support/control-plane.ts';
import { contextOf, requestOf } from '../../test/support/request.ts';
import type { Stage } from '../../test/support/signed-in.ts';
import type { AnyRoute } from '../http/route.ts';
import { csvField, csvLine } from './csv.ts';
import { exportEvents } from './log.ts';

let stage: Stage;
let routes: readonly AnyRoute[] = [];
before(async () => {
  stage = await openStage((parts) => (routes = controlPlaneRoutes(parts)));
});

/** Reads one record of RFC 4180 back. */
const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/"((?:[^"]|"")*)"(?:,|\r\n$)/g)].map(([, text = '']) => text.replaceAll('""', '"'));

describe('a field of CSV', () => {
  it('comes back as it was, unless a spreadsheet would calculate it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (fields) => {
        const back = fieldsOf(csvLine(fields));
        assert.equal(back.length, fields.length);
        for (const [index, field] of fields.entries())
          assert.ok(back[index] === field || back[index] === `'${field}`);
      }),
    );
  });

  it('is no formula, whatever stands before it', () => {
    for (const text of [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      ' =1',
      '\t=1',
      '\r=1',
      '\n=1',
      '\u{feff}=1',
      '＝1',
      '\tx',
      '=HYPERLINK("http://evil.example")',
    ])
      assert.match(csvField(text), /^"'/, JSON.stringify(text));
    for (const text of ['a=1', 'x', '', '1-1']) assert.doesNotMatch(csvField(text), /^"'/, text);
  });
});

describe('the log', () => {
  it('is shown newest first, in pages without gaps or doubles', async () => {
    const scene = await makeScene(stage);
    for (let index = 0; index < 5; index += 1) {
      await scene.owner.call('PATCH', `/v1/companies/${scene.company}`, { name: `Name ${index}` });
      stage.clock.advance(1000);
    }
    const path = `/v1/companies/${scene.company}/audit`;
    const all = (await scene.owner.call('GET', path)).body;
    assert.equal(all.next, null);
    assert.equal(all.items[0].action, 'companies.change');
    assert.deepEqual(all.items[0].details, { name: 'Name 4', name_before: 'Name 3' });
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body } = await scene.owner.call(
        'GET',
        `${path}?limit=3${next === '' ? '' : `&before=${next}`}`,
      );
      assert.ok(body.items.length <= 3);
      seen.push(...body.items.map((one: { id: string }) => one.id));
      next = body.next as string | null;
    }
    assert.deepEqual(
      seen,
      all.items.map((one: { id: string }) => one.id),
    );
    assert.deepEqual(seen, [...seen].sort().reverse());
    for (const query of ['?limit=0', '?limit=101', '?limit=x', '?before=x', '?limit=1.5'])
      assert.equal((await scene.owner.call('GET', path + query)).status, 400, query);
  });

  it('names members, and nobody who has left', async () => {
    const scene = await makeScene(stage);
    await stage.store.superuser("update vouchsafe.user_account set name = 'Grace' where id = $1", [
      scene.other.user,
    ]);
    await scene.other.call('POST', `/v1/companies/${scene.company}/projects`, { name: 'X' });
    const newest = async (): Promise<{ actor: unknown }> =>
      (await scene.owner.call('GET', `/v1/companies/${scene.company}/audit`)).body.items.find(
        (one: { action: string; details: { name?: string } }) =>
          one.action === 'projects.create' && one.details.name === 'X',
      );
    assert.deepEqual((await newest()).actor, { id: scene.other.user, name: 'Grace' });
    await scene.other.call('DELETE', `/v1/companies/${scene.company}/membership`);
    assert.deepEqual((await newest()).actor, { id: scene.other.user, name: null });
    await stage.store.superuser('select vouchsafe.erase_user($1)', [scene.other.user]);
    assert.equal((await newest()).actor, null);
  });

  it('cannot be changed or emptied by the server', async () => {
    const { company } = await makeScene(stage);
    for (const sql of [
      "update vouchsafe.audit_event set action = 'x.y'",
      'delete from vouchsafe.audit_event',
      'truncate vouchsafe.audit_event',
    ])
      await assert.rejects(stage.store.app(sql), { code: '42501' }, sql);
    await assert.rejects(
      stage.store.superuser("update vouchsafe.audit_event set action = 'x.y' where company_id = $1", [
        company,
      ]),
      { code: '42501' },
    );
  });

  it('is exported as CSV with names of columns, without formulas, and notes the export', async () => {
    const scene = await makeScene(stage);
    await scene.owner.call('PATCH', `/v1/companies/${scene.company}`, { name: '=cmd|"/c calc"!A1' });
    await stage.store.superuser("update vouchsafe.user_account set name = '=1+1' where id = $1", [
      scene.owner.user,
    ]);
    // Ids of one millisecond have no order.
    stage.clock.advance(1);
    const route = routes.find(({ operation }) => operation === 'audit.export');
    assert.ok(route);
    const request = requestOf({ method: 'POST', path: '/v1/companies/x/audit/export', body: {} });
    const reply = await route.handle(
      { params: {}, query: {}, body: {} },
      contextOf(request, {
        now: stage.clock.now(),
        caller: {
          credential: 'session',
          user: scene.owner.user,
          session: scene.owner.session,
          isStrong: false,
        } as never,
        membership: { company: scene.company } as never,
      }),
    );
    assert.match(reply.headers['content-type'] ?? '', /^text\/csv/);
    assert.match(reply.headers['content-disposition'] ?? '', /^attachment/);
    const lines = reply.body.toString().split(/(?<=\r\n)/);
    assert.deepEqual(fieldsOf(lines[0] ?? ''), [
      'id',
      'at',
      'actor',
      'actor_name',
      'action',
      'target',
      'details',
    ]);
    assert.deepEqual(fieldsOf(lines[1] ?? '').slice(2, 5), [scene.owner.user, "'=1+1", 'audit.export']);
    assert.equal(JSON.parse(fieldsOf(lines[2] ?? '').at(-1) ?? '').name, '=cmd|"/c calc"!A1');
  });

  it('is exported up to a number of events', async () => {
    const scene = await makeScene(stage);
    await stage.store.superuser(
      `insert into vouchsafe.audit_event (id, company_id, at, action)
       select 'aud_01h' || lpad(n::text, 23, '0'), $1, now(), 'keys.create' from generate_series(1, 12000) n`,
      [scene.company],
    );
    const reader = { company: scene.company, user: scene.owner.user };
    const whole = await exportEvents(stage.database, reader);
    assert.ok(whole.split('\r\n').length >= 12_002);
    assert.equal((await exportEvents(stage.database, reader, 5001)).split('\r\n').length, 5001 + 2);
  });
});
