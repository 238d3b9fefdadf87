/** An export holds everything but secrets, whichever tables there are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { strFromU8, unzipSync } from 'fflate';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { fillTables, markedOnes, type Marked } from '../../test/support/fill-tables.ts';
import { createExporter, type ExportOrder } from './export.ts';
import { DESCRIPTIONS, HIDDEN_COLUMNS, SHOWN_COLUMNS, storeName } from './stores.ts';
import { listColumns } from './store.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

const run = async (store: TestDatabase, order: ExportOrder): Promise<Readonly<Record<string, string>>> => {
  const archive = await createExporter(store.database).run(order);
  const files = unzipSync(new Uint8Array(archive));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
};

const ofUser = (who: Marked): ExportOrder => ({ kind: 'user', user: who.user, now: NOW });
const ofCompany = (who: Marked): ExportOrder => ({
  kind: 'company',
  company: who.company,
  by: who.user,
  now: NOW,
});

const filled = async (): Promise<{ store: TestDatabase; who: Marked; other: Marked }> => {
  const store = await testDatabase();
  const [who, other] = [markedOnes(), markedOnes()];
  await fillTables(store.superuser, who);
  await fillTables(store.superuser, other);
  return { store, who, other };
};

const rowsIn = (json: string | undefined): Record<string, unknown>[] => JSON.parse(json ?? 'null') as never;

describe('an export', () => {
  it('has a row of every table of the person, or of the company, and of nobody else', async () => {
    const { store, who, other } = await filled();
    const tables = await store.database.run(listColumns, []);
    for (const order of [ofUser(who), ofCompany(who)]) {
      const files = await run(store, order);
      const all = Object.values(files).join('\n');
      const names = tables.filter((table) => (order.kind === 'user' ? table.of_user : table.of_company));
      assert.ok(names.length > 8);
      for (const { store: table } of names) {
        const name = storeName(table);
        assert.ok(rowsIn(files[`${name}.json`]).length > 0, `${name}.json has a row`);
        assert.ok(
          files[`${name}.csv`]?.split('\r\n').length === rowsIn(files[`${name}.json`]).length + 2,
          `${name}.csv too`,
        );
        assert.ok(
          files['README.txt']?.includes(`${name}.json, ${name}.csv\n    ${DESCRIPTIONS[name] ?? 'nothing'}`),
          `${name} is explained`,
        );
      }
      for (const foreign of [other.user, other.email, other.company, other.companyName, other.userName])
        assert.ok(!all.includes(foreign));
      assert.ok(all.includes(who.email) && all.includes(who.company));
    }
  });

  it('holds no hash, no digest and no secret, in no spelling', async () => {
    const { store, who } = await filled();
    const secrets: Buffer[] = [];
    for (const column of HIDDEN_COLUMNS) {
      const [table, name] = column.split('.');
      const rows = await store.superuser(`select ${name} as secret from vouchsafe.${table}`);
      for (const { secret } of rows) {
        if (Buffer.isBuffer(secret)) secrets.push(secret);
        if (typeof secret === 'string' && secret.length > 20) secrets.push(Buffer.from(secret));
      }
    }
    assert.ok(secrets.length >= 8);
    for (const order of [ofUser(who), ofCompany(who)]) {
      const all = Object.values(await run(store, order)).join('\n');
      assert.ok(!all.includes('$scrypt'));
      for (const secret of secrets)
        for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const)
          assert.ok(!all.includes(secret.toString(form)), 'a secret is in the export');
    }
  });

  it('leaves no column that looks like a secret undecided', async () => {
    const { database } = await testDatabase();
    const suspicious: string[] = [];
    const all = new Set<string>();
    for (const { store: table, columns, types } of await database.run(listColumns, [])) {
      for (const [index, column] of columns.entries()) {
        const name = `${table}.${column}`;
        all.add(name);
        if (
          types[index] === 'bytea' ||
          /secret|digest|phc|hash|box|token|wrapped|pepper|otp|code$/.test(column)
        )
          suspicious.push(name);
      }
    }
    const decided = [...HIDDEN_COLUMNS, ...SHOWN_COLUMNS];
    assert.deepEqual(
      suspicious.filter((name) => !decided.includes(name)),
      [],
    );
    assert.deepEqual(
      decided.filter((name) => !all.has(name)),
      [],
      'and every decision is about a column',
    );
  });

  it('names members and companies, and turns formulas into text', async () => {
    const { store, who } = await filled();
    await store.superuser(
      "update vouchsafe.project set name = '=cmd|'' /C calc''!A0' where company_id = $1",
      [who.company],
    );
    const company = await run(store, ofCompany(who));
    assert.equal(rowsIn(company['memberships.json'])[0]?.['email'], who.email);
    assert.ok(company['projects.csv']?.includes(`"'=cmd|' /C calc'!A0"`));
    assert.equal(
      rowsIn(company['projects.json'])[0]?.['name'],
      "=cmd|' /C calc'!A0",
      'as it is for programs',
    );
    const own = await run(store, ofUser(who));
    assert.equal(rowsIn(own['memberships.json'])[0]?.['company_name'], who.companyName);
    assert.match(own['passkeys.csv'] ?? '', /^"id","user_id","credential_id","public_key",/);
  });

  it('of a company is an event of its log, and in itself', async () => {
    const { store, who } = await filled();
    const files = await run(store, ofCompany(who));
    const isIt = (event: Record<string, unknown>): boolean =>
      event['action'] === 'companies.export' && event['actor'] === who.user;
    assert.equal(rowsIn(files['audit.json']).filter(isIt).length, 1);
    const kept = await store.superuser(
      'select action, actor from vouchsafe.audit_event where company_id = $1',
      [who.company],
    );
    assert.equal(kept.filter(isIt).length, 1);
  });

  it('is refused to one whose role changed meanwhile, and leaves no event', async () => {
    const { store, who } = await filled();
    await store.superuser(
      "insert into vouchsafe.user_account (id, email, created_at, active_on) values ('usr_01h00000000000000000000zzz', 'z@example.com', now(), now())",
    );
    await store.superuser(
      "insert into vouchsafe.member values ($1, 'usr_01h00000000000000000000zzz', 'owner', now())",
      [who.company],
    );
    await store.superuser("update vouchsafe.member set role = 'viewer' where user_id = $1", [who.user]);
    await assert.rejects(run(store, ofCompany(who)), { code: 'forbidden' });
    assert.deepEqual(
      await store.superuser("select from vouchsafe.audit_event where action = 'companies.export'"),
      [],
    );
  });

  it('has a bound, before and after compression, and a number at a time', async () => {
    const { store, who } = await filled();
    await store.superuser(
      `insert into vouchsafe.usage_day (company_id, project_id, operation, day, outcome, count)
       select $1, (select id from vouchsafe.project where company_id = $1), 'a.' || translate(n::text, '0123456789', 'abcdefghij'),
              '2026-11-01', 'ok', n from generate_series(1, 5000) n`,
      [who.company],
    );
    for (const limits of [
      { mostBytes: 1_000_000, mostCompressed: 64_000_000 },
      { mostBytes: 200_000_000, mostCompressed: 20_000 },
    ]) {
      await assert.rejects(createExporter(store.database, limits).run(ofCompany(who)), {
        code: 'export_too_large',
        status: 422,
      });
    }
    const exporter = createExporter(store.database);
    const results = await Promise.allSettled([1, 2, 3].map(() => exporter.run(ofCompany(who))));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
    assert.equal(
      rowsIn((await run(store, ofCompany(who)))['usage.json']).length,
      5001,
      'and nobody is locked out for ever',
    );
  });
});
