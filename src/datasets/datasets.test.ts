import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openStage, type Person, type Reply, type Stage } from '../../test/support/signed-in.ts';
import { actAs, fillGeneration, relation } from '../../test/support/content.ts';
import { setRole } from '../../test/support/control-plane.ts';
import { newId, type CompanyId } from '../foundation/ids.ts';
import { MOST_DATASETS } from './limits.ts';
import { createDatasetRoutes } from './routes.ts';

let stage: Stage;
before(async () => {
  stage = await openStage((parts) => createDatasetRoutes(parts));
});

const COLUMNS = [
  { name: 'id', type: 'int8' },
  { name: 'Depth (m)', type: 'numeric', label: 'Depth' },
];

interface Scene {
  readonly company: CompanyId;
  readonly owner: Person;
  readonly member: Person;
}

const makeScene = async (): Promise<Scene> => {
  const [owner, member] = [await stage.person(), await stage.person()];
  return { company: await stage.company([owner, member]), owner, member };
};

const pathOf = (company: string, more = ''): string => `/v1/companies/${company}/datasets${more}`;

const make = async ({ company, owner }: Scene, more: Record<string, unknown> = {}): Promise<Reply> =>
  owner.call('POST', pathOf(company), {
    name: 'wells',
    visibility: 'company',
    columns: COLUMNS,
    key: ['id'],
    ...more,
  });

const events = async (company: string): Promise<readonly unknown[]> =>
  (
    await stage.store.superuser(
      "select action, details from vouchsafe.audit_event where company_id = $1 and action like 'datasets.%' order by id",
      [company],
    )
  ).map(({ action, details }) => [action, details]);

const codeOf = ({ status, body }: Reply): readonly unknown[] => [status, body.code];

describe('a dataset that is being filled', () => {
  it('is deleted without waiting for the load, which comes to nothing', async () => {
    const scene = await makeScene();
    const { company, owner, member } = scene;
    const { id } = (await make(scene)).body;
    const load = actAs(stage.store, { company, user: member.user }, async (sql) => {
      const [made] = await sql('select vouchsafe.make_generation($1, $2, $3) as number', [
        id,
        JSON.stringify(COLUMNS),
        [],
      ]);
      await owner.prove();
      assert.equal((await owner.call('DELETE', pathOf(company, `/${id}`))).status, 204);
      await sql("select vouchsafe.publish_generation($1, $2, 'upload', null)", [id, made?.['number']]);
    });
    await assert.rejects(load, { code: 'VD001' });
  });

  it('says that it is edited, where it is held for long', async () => {
    const scene = await makeScene();
    const { company, owner, member } = scene;
    const { id } = (await make(scene)).body;
    await actAs(stage.store, { company, user: member.user }, async (sql) => {
      await sql('select vouchsafe.begin_edit($1)', [id]);
      await owner.prove();
      assert.deepEqual(codeOf(await owner.call('DELETE', pathOf(company, `/${id}`))), [409, 'dataset_busy']);
    });
    assert.equal((await owner.call('DELETE', pathOf(company, `/${id}`))).status, 204);
  });
});

describe('datasets', () => {
  it('are made, shown, listed, changed and deleted, and each leaves its trace', async () => {
    const scene = await makeScene();
    const { company, owner, member } = scene;
    const made = await make(scene, { title: 'All wells', description: 'Since 1970.' });
    assert.equal(made.status, 201);
    const { id, created_at: madeAt, changed_at: changedAt, owner: whose, ...rest } = made.body;
    assert.ok([madeAt, changedAt].every((time) => !Number.isNaN(Date.parse(time))));
    assert.deepEqual(rest, {
      name: 'wells',
      title: 'All wells',
      description: 'Since 1970.',
      visibility: 'company',
      company: null,
      right: 'manage',
      reason: 'company_owner',
      may_be_shared_outside: false,
      version: 1,
      rows: 0,
      column_count: 2,
      columns: COLUMNS,
      key: ['id'],
    });
    assert.equal(whose.user, owner.user);
    const seen = await member.call('GET', pathOf(company, '/wells'));
    assert.deepEqual(
      [seen.status, seen.body.right, seen.body.reason, seen.body.id],
      [200, 'modify', 'company_role', id],
    );
    const changed = await owner.call('PATCH', pathOf(company, '/wells'), {
      name: 'boreholes',
      title: null,
      visibility: 'private',
    });
    assert.deepEqual([changed.status, changed.body.name, changed.body.title], [200, 'boreholes', null]);
    assert.deepEqual(codeOf(await member.call('GET', pathOf(company, `/${id}`))), [404, 'dataset_not_found']);
    assert.deepEqual((await member.call('GET', pathOf(company))).body, { items: [], next: null });
    const [listed] = (await owner.call('GET', pathOf(company))).body.items;
    assert.deepEqual([listed.id, listed.name, listed.columns], [id, 'boreholes', undefined]);
    assert.deepEqual(codeOf(await owner.call('DELETE', pathOf(company, `/${id}`))), [204, undefined]);
    assert.deepEqual(codeOf(await owner.call('DELETE', pathOf(company, `/${id}`))), [
      404,
      'dataset_not_found',
    ]);
    assert.deepEqual(
      await stage.store.superuser("select 1 from pg_class where relname like $1 || '%'", [id]),
      [],
    );
    assert.deepEqual(await events(company), [
      ['datasets.create', { name: 'wells', visibility: 'company' }],
      ['datasets.change', { name: 'boreholes', name_before: 'wells', visibility: 'private' }],
      ['datasets.delete', { name: 'boreholes' }],
    ]);
    assert.deepEqual(stage.bugs, []);
  });

  it('without columns wait for their first upload', async () => {
    const scene = await makeScene();
    const made = await make(scene, { columns: undefined, key: undefined });
    assert.deepEqual([made.status, made.body.version, made.body.columns, made.body.key], [201, 0, [], []]);
    const versions = await scene.owner.call('GET', pathOf(scene.company, '/wells/versions'));
    assert.deepEqual(versions.body, { items: [], next: null });
    assert.deepEqual(stage.bugs, []);
  });

  it('are refused with the field that is at fault', async () => {
    const scene = await makeScene();
    await make(scene, { name: 'taken' });
    const text = (name: string): { name: string; type: string } => ({ name, type: 'text' });
    for (const [more, status, code, field] of [
      [{ name: 'taken' }, 409, 'dataset_name_taken', '/name'],
      [{ name: 'Wells' }, 400, 'invalid_request', '/name'],
      [{ name: 'a"; drop table x; --' }, 400, 'invalid_request', '/name'],
      [{ visibility: 'public' }, 400, 'invalid_request', '/visibility'],
      [{ columns: [] }, 400, 'invalid_request', '/columns'],
      [
        { columns: [text('a'), text('vouchsafe:row')], key: [] },
        400,
        'column_name_invalid',
        '/columns/1/name',
      ],
      [{ columns: [text('ctid')], key: [] }, 400, 'column_name_invalid', '/columns/0/name'],
      [{ columns: [text('ä'.repeat(32))], key: [] }, 400, 'column_name_invalid', '/columns/0/name'],
      [{ columns: [text('\ud800')], key: [] }, 400, 'column_name_invalid', '/columns/0/name'],
      [{ columns: [text('a'), text('b'), text('a')], key: [] }, 400, 'column_twice', '/columns/2/name'],
      [
        { columns: [{ name: 'a', type: 'regclass' }], key: [] },
        400,
        'column_type_invalid',
        '/columns/0/type',
      ],
      [{ columns: [text('a')], key: ['b'] }, 400, 'dataset_key_invalid', '/key'],
      [{ columns: undefined, key: ['b'] }, 400, 'dataset_key_invalid', '/key'],
      [
        { columns: Array.from({ length: 10_000 }, (_, index) => text(`c${index}`)), key: [] },
        400,
        'too_many_columns',
        '/columns',
      ],
    ] as const) {
      const answer = await make(scene, more);
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.field],
        [status, code, field],
        JSON.stringify(more).slice(0, 100),
      );
    }
    assert.equal((await scene.owner.call('GET', pathOf(scene.company))).body.items.length, 1);
    assert.deepEqual(stage.bugs, []);
  });

  it('that differ only in the case of a column keep both', async () => {
    const scene = await makeScene();
    const columns = ['id', 'ID', '"; drop', 'Ω'].map((name) => ({ name, type: 'text' }));
    const made = await make(scene, { columns });
    assert.deepEqual(made.body.columns, columns);
  });

  it('are not known to other companies, by no call and by no answer', async () => {
    const [scene, other] = [await makeScene(), await makeScene()];
    const { id } = (await make(scene)).body;
    const none = newId('dst', 1);
    const calls = [
      ['GET', ''],
      ['PATCH', '', { title: 'Mine' }],
      ['DELETE', ''],
      ['GET', '/versions'],
      ['GET', '/versions/1'],
      ['GET', '/versions/1/compare/1'],
      ['POST', '/versions/1/compare/1'],
      ['GET', `/comparisons/${newId('op', 1)}`],
      ['GET', `/comparisons/${newId('op', 1)}/rows`],
      ['POST', '/versions/1/restore', {}],
    ] as const;
    for (const [method, more, body] of calls) {
      const [theirs, nobodys] = [
        await other.owner.call(method, pathOf(other.company, `/${id}${more}`), body),
        await other.owner.call(method, pathOf(other.company, `/${none}${more}`), body),
      ];
      assert.equal(theirs.status, 404, `${method} ${more}`);
      assert.deepEqual(theirs.body, nobodys.body);
    }
    assert.equal((await make(other)).status, 201, 'a name that another company has is free');
    assert.deepEqual(stage.bugs, []);
  });

  it('are managed by those alone who may', async () => {
    const scene = await makeScene();
    const { company, owner, member } = scene;
    await make(scene);
    for (const [method, body] of [
      ['PATCH', { title: 'Mine' }],
      ['DELETE', undefined],
    ] as const)
      assert.deepEqual(codeOf(await member.call(method, pathOf(company, '/wells'), body)), [
        403,
        'dataset_forbids',
      ]);
    const stranger = await stage.person();
    assert.deepEqual(codeOf(await owner.call('PATCH', pathOf(company, '/wells'), { owner: stranger.user })), [
      400,
      'owner_not_member',
    ]);
    const handed = await owner.call('PATCH', pathOf(company, '/wells'), { owner: member.user });
    assert.equal(handed.body.owner.user, member.user);
    const own = await member.call('GET', pathOf(company, '/wells'));
    assert.deepEqual([own.body.right, own.body.reason], ['manage', 'dataset_owner']);
    await member.call('PATCH', pathOf(company, '/wells'), { visibility: 'private' });
    assert.deepEqual(codeOf(await member.call('PATCH', pathOf(company, '/wells'), { owner: owner.user })), [
      409,
      'would_lose_sight',
    ]);
    await setRole(stage, company, member.user, 'viewer');
    assert.equal(
      (await member.call('POST', pathOf(company), { name: 'x', visibility: 'company' })).status,
      403,
    );
    assert.deepEqual(stage.bugs, []);
  });

  it('come in pages, oldest first', async () => {
    const scene = await makeScene();
    for (const name of ['a', 'b', 'c']) await make(scene, { name, columns: undefined, key: undefined });
    const names: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body }: Reply = await scene.owner.call(
        'GET',
        pathOf(scene.company, `?limit=2${next && `&after=${next}`}`),
      );
      names.push(...body.items.map(({ name }: { name: string }) => name));
      next = body.next;
    }
    assert.deepEqual(names, ['a', 'b', 'c']);
  });

  it('are so many in a company and no more', async () => {
    const scene = await makeScene();
    await stage.store.superuser(
      `insert into vouchsafe.dataset (id, company_id, name, visibility, created_at)
       select 'dst_' || lpad(n::text, 26, '0'), $1, 'd' || n, 'private', now() from generate_series(1, $2) n`,
      [scene.company, MOST_DATASETS],
    );
    assert.deepEqual(codeOf(await make(scene)), [409, 'too_many_datasets']);
  });
});

describe('versions', () => {
  /** A dataset with an upload of two rows, and an edit on top. */
  const edited = async (scene: Scene): Promise<string> => {
    const { id } = (await make(scene)).body;
    const actor = { company: scene.company, user: scene.owner.user };
    const rows = [
      ['9007199254740993', '1.50'],
      ['2', null],
    ];
    const { generation } = await fillGeneration(stage.store, actor, id, COLUMNS, rows, ['id']);
    await actAs(stage.store, actor, async (sql) => {
      await sql('select * from vouchsafe.begin_edit($1)', [id]);
      const table = relation(id, generation);
      await sql(`update ${table} set "Depth (m)" = 1.500 where id <> 2`);
      await sql(`delete from ${table} where id = 2`);
      await sql(`insert into ${table} (id) values (7)`);
      await sql('select * from vouchsafe.end_edit($1)', [id]);
    });
    return id;
  };

  it('are listed newest first with who made them, and compared with every digit', async () => {
    const scene = await makeScene();
    const { company, owner } = scene;
    await edited(scene);
    const { body } = await owner.call('GET', pathOf(company, '/wells/versions?limit=2'));
    assert.deepEqual(
      body.items.map(({ number, kind, rows, added, changed, removed }: Record<string, unknown>) => [
        number,
        kind,
        rows,
        added,
        changed,
        removed,
      ]),
      [
        [3, 'edit', 2, 1, 1, 1],
        [2, 'upload', 2, 2, 0, 0],
      ],
    );
    assert.deepEqual(
      [body.items[0].made_by.user, body.items[0].made_by.key, body.next],
      [owner.user, null, '2'],
    );
    const last = await owner.call('GET', pathOf(company, '/wells/versions?after=2'));
    assert.deepEqual([last.body.items[0].kind, last.body.next], ['create', null]);
    const one = await owner.call('GET', pathOf(company, '/wells/versions/2'));
    assert.deepEqual([one.body.columns, one.body.key, one.body.rows], [COLUMNS, ['id'], 2]);
    const found = await owner.call('GET', pathOf(company, '/wells/versions/2/compare/3?limit=2'));
    assert.deepEqual(found.body, {
      added: 1,
      changed: 1,
      removed: 1,
      items: [
        {
          kind: 'changed',
          key: { id: '9007199254740993' },
          before: { id: '9007199254740993', 'Depth (m)': '1.50' },
          after: { id: '9007199254740993', 'Depth (m)': '1.500' },
        },
        { kind: 'removed', key: { id: '2' }, before: { id: '2', 'Depth (m)': null }, after: null },
      ],
      next: '2',
    });
    const rest = await owner.call('GET', pathOf(company, '/wells/versions/2/compare/3?after=2'));
    assert.deepEqual(
      [rest.body.items.map(({ kind }: { kind: string }) => kind), rest.body.next],
      [['added'], null],
    );
    for (const path of ['/wells/versions/9', '/wells/versions/2/compare/9', '/wells/versions/9/compare/2'])
      assert.deepEqual(codeOf(await owner.call('GET', pathOf(company, path))), [404, 'version_not_found']);
    assert.equal((await owner.call('GET', pathOf(company, '/wells/versions/0'))).status, 400);
    assert.deepEqual(stage.bugs, []);
  });

  it('are compared in the background by whoever may read them, which is told where to look', async () => {
    const scene = await makeScene();
    const { company, member } = scene;
    const id = await edited(scene);
    await setRole(stage, company, member.user, 'viewer');
    const begun = await member.call('POST', pathOf(company, '/wells/versions/2/compare/3'));
    assert.deepEqual(
      [begun.status, begun.body.phase, begun.body.a, begun.body.b, begun.body.rows],
      [202, 'waiting', 2, 3, 4],
    );
    const path = pathOf(company, `/${id}/comparisons/${begun.body.id}`);
    assert.deepEqual((await member.call('GET', path)).body, begun.body);
    assert.deepEqual(codeOf(await member.call('GET', `${path}/rows`)), [409, 'comparison_not_ready']);
    assert.deepEqual(codeOf(await scene.owner.call('GET', path)), [404, 'comparison_not_found']);
    assert.deepEqual(codeOf(await member.call('POST', pathOf(company, '/wells/versions/9/compare/3'))), [
      404,
      'version_not_found',
    ]);
    assert.deepEqual(stage.bugs, []);
  });

  it('are brought back by those who may modify rows, unless somebody was quicker', async () => {
    const scene = await makeScene();
    const { company, owner, member } = scene;
    const id = await edited(scene);
    const late = await member.call('POST', pathOf(company, '/wells/versions/2/restore'), {
      expected_version: 2,
    });
    assert.deepEqual(codeOf(late), [409, 'version_conflict']);
    const done = await member.call('POST', pathOf(company, '/wells/versions/2/restore'), {
      expected_version: 3,
    });
    assert.deepEqual(
      [
        done.status,
        done.body.number,
        done.body.kind,
        done.body.rows,
        done.body.added,
        done.body.changed,
        done.body.removed,
      ],
      [201, 4, 'restore', 2, 1, 1, 1],
    );
    const same = await owner.call('GET', pathOf(company, '/wells/versions/2/compare/4'));
    assert.deepEqual([same.body.added, same.body.changed, same.body.removed], [0, 0, 0]);
    assert.deepEqual((await events(company)).at(-1), ['datasets.restore', { restored: 2, version: 4 }]);
    await setRole(stage, company, member.user, 'viewer');
    assert.deepEqual(codeOf(await member.call('POST', pathOf(company, '/wells/versions/2/restore'), {})), [
      403,
      'dataset_forbids',
    ]);
    assert.deepEqual(codeOf(await owner.call('POST', pathOf(company, `/${id}/versions/9/restore`), {})), [
      404,
      'version_not_found',
    ]);
    assert.deepEqual(stage.bugs, []);
  });

  it('of a dataset that another company shares are read, and brought back by whoever may modify it', async () => {
    const [scene, other] = [await makeScene(), await makeScene()];
    const id = await edited(scene);
    await stage.store.superuser('update vouchsafe.company set datasets_outside = true where id = $1', [
      scene.company,
    ]);
    await stage.store.superuser('update vouchsafe.dataset set shared_outside = true where id = $1', [id]);
    const grant = (right: string): Promise<unknown> =>
      stage.store.superuser(
        `insert into vouchsafe.dataset_grant (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_at)
         values ($1, $2, $3, $4, $5, $6, now()) on conflict (dataset_id, user_id, acting_company_id) do update set "right" = excluded."right"`,
        [newId('grt', stage.clock.now()), id, scene.company, other.owner.user, other.company, right],
      );
    await grant('read');
    const seen = await other.owner.call('GET', pathOf(other.company, `/${id}`));
    assert.deepEqual(
      [seen.status, seen.body.right, seen.body.reason, seen.body.company.id, seen.body.owner, seen.body.rows],
      [200, 'read', 'grant', scene.company, null, 2],
    );
    const versions = await other.owner.call('GET', pathOf(other.company, `/${id}/versions`));
    assert.deepEqual(
      versions.body.items.map(({ made_by }: { made_by: unknown }) => made_by),
      [null, null, null],
      'who works for the other company is not told',
    );
    assert.deepEqual(codeOf(await other.owner.call('GET', pathOf(other.company, '/wells'))), [
      404,
      'dataset_not_found',
    ]);
    const restore = (): Promise<Reply> =>
      other.owner.call('POST', pathOf(other.company, `/${id}/versions/2/restore`), {});
    assert.deepEqual(codeOf(await restore()), [403, 'dataset_forbids']);
    await grant('modify');
    assert.equal((await restore()).status, 201);
    assert.deepEqual((await events(scene.company)).at(-1), ['datasets.restore', { restored: 2, version: 4 }]);
    assert.deepEqual(codeOf(await other.owner.call('DELETE', pathOf(other.company, `/${id}`))), [
      403,
      'dataset_forbids',
    ]);
    assert.deepEqual(stage.bugs, []);
  });
});
