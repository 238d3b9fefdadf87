/** Sharing datasets at the doors of a whole house: who gets in, how it ends, and that nobody else learns anything. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import type { Role } from '../src/foundation/caller.ts';
import { deriveKey } from '../src/foundation/derive.ts';
import { newId, type CompanyId, type Id } from '../src/foundation/ids.ts';
import { linkToken } from '../src/foundation/link.ts';
import { connect } from '../src/store/connection.ts';
import { type Answer, type House, openHouse } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';

let house: House;
/** A second process of the same installation. */
let second: House;
before(async () => {
  house = await openHouse();
  second = await openHouse({ beside: house });
});

type Json = Readonly<Record<string, unknown>>;

interface Company {
  readonly id: CompanyId;
  readonly owner: Visitor;
}

interface Scene {
  readonly ours: Company;
  readonly theirs: Company;
  readonly member: Visitor;
  /** Visible to our company, and let out. */
  readonly open: Id<'dst'>;
  /** Of our owner alone, and let out. */
  readonly hidden: Id<'dst'>;
}

const call = (who: Visitor, method: string, path: string, body?: unknown, at = house): Promise<Answer> =>
  at.call(method, path, { cookie: who.cookie, ...(body === undefined ? {} : { body }) });
const of = ({ id }: Company): string => `/v1/companies/${id}`;
const json = (answer: Answer): Json => answer.json();
const code = (answer: Answer): unknown[] => [answer.status, answer.json()['code']];

const makeCompany = async (): Promise<Company> => {
  const id = newId('com', Date.now());
  await house.store.superuser('insert into vouchsafe.company (id, name, created_at) values ($1, $2, now())', [
    id,
    `Company ${id.slice(-6)}`,
  ]);
  return { id, owner: await signIn(house, { memberships: { [id]: 'owner' } }) };
};

let names = 0;
const makeDataset = async (
  company: Company,
  owner: Visitor,
  visibility: 'company' | 'private',
  isOut = true,
): Promise<Id<'dst'>> => {
  const id = newId('dst', Date.now());
  await house.store.superuser(
    `insert into vouchsafe.dataset (id, company_id, name, owner_id, visibility, shared_outside, created_at)
     values ($1, $2, $3, $4, $5, $6, now())`,
    [id, company.id, `wells_${(names += 1)}`, owner.user, visibility, isOut],
  );
  return id;
};

const letOut = async (company: Company, outside: boolean): Promise<void> => {
  const answer = await call(company.owner, 'PATCH', `${of(company)}/dataset-settings`, { outside });
  assert.equal(answer.status, 200, answer.body);
};

const makeScene = async (): Promise<Scene> => {
  const [ours, theirs] = [await makeCompany(), await makeCompany()];
  const member = await signIn(house, { memberships: { [ours.id]: 'member' } });
  await letOut(ours, true);
  return {
    ours,
    theirs,
    member,
    open: await makeDataset(ours, ours.owner, 'company'),
    hidden: await makeDataset(ours, ours.owner, 'private'),
  };
};

/** The token that was mailed last to an address. */
const mailedToken = async (email: string): Promise<string> => {
  const [mail] = await house.store.superuser(
    "select link_id from vouchsafe.mail where recipient = $1 and template = 'dataset-invitation' order by id desc limit 1",
    [email],
  );
  return linkToken(deriveKey(house.master, 'link'), 'dataset-invitation', String(mail?.['link_id'])).expose();
};
const mailsTo = async (email: string): Promise<readonly unknown[]> =>
  (
    await house.store.superuser('select template from vouchsafe.mail where recipient = $1 order by id', [
      email,
    ])
  ).map(({ template }) => template);

const invite = (scene: Scene, dataset: string, email: string, more: object = {}): Promise<Answer> =>
  call(scene.ours.owner, 'POST', `${of(scene.ours)}/datasets/${dataset}/invitations`, {
    email,
    right: 'read',
    ...more,
  });

const admit = async (scene: Scene, dataset: string, who: Visitor, company: Company, more: object = {}) => {
  const invited = await invite(scene, dataset, who.email, more);
  assert.equal(invited.status, 201, invited.body);
  const token = await mailedToken(who.email);
  const accepted = await call(who, 'POST', `${of(company)}/dataset-invitations/accept`, { token });
  assert.equal(accepted.status, 200, accepted.body);
  const grants = await call(scene.ours.owner, 'GET', `${of(scene.ours)}/datasets/${dataset}/grants`);
  const grant = (json(grants)['items'] as { id: string; user: string }[]).find(
    ({ user }) => user === who.user,
  );
  assert.ok(grant !== undefined);
  return grant.id;
};

/** What somebody sees of a dataset while they act in a company, by the list of either process. */
const seen = async (who: Visitor, company: Company, dataset: string, at = house): Promise<unknown> => {
  const answer = await call(who, 'GET', `${of(company)}/datasets`, undefined, at);
  assert.equal(answer.status, 200, answer.body);
  return (json(answer)['items'] as { id: string; right: string }[]).find(({ id }) => id === dataset)?.right;
};

describe('sharing with members', () => {
  it('gives a right to one of them, changes it, and takes it away, with a line in the log and a mail', async () => {
    const scene = await makeScene();
    const { ours, member, hidden } = scene;
    const grants = `${of(ours)}/datasets/${hidden}/grants`;
    assert.equal(await seen(member, ours, hidden), undefined);
    const made = await call(ours.owner, 'POST', grants, { user: member.user, right: 'read' });
    assert.equal(made.status, 201, made.body);
    const { id } = json(made) as unknown as { id: string };
    assert.equal(await seen(member, ours, hidden), 'read');
    assert.deepEqual(await mailsTo(member.email), ['dataset-shared']);
    assert.deepEqual(code(await call(ours.owner, 'POST', grants, { user: member.user, right: 'read' })), [
      409,
      'already_shared',
    ]);
    assert.equal((await call(ours.owner, 'PATCH', `${grants}/${id}`, { right: 'modify' })).status, 200);
    for (const at of [house, second]) assert.equal(await seen(member, ours, hidden, at), 'modify');
    // They see it now, and still do not share it.
    assert.deepEqual(code(await call(member, 'GET', grants)), [403, 'forbidden']);
    assert.equal((await call(ours.owner, 'DELETE', `${grants}/${id}`)).status, 204);
    for (const at of [house, second]) assert.equal(await seen(member, ours, hidden, at), undefined);
    assert.deepEqual(code(await call(ours.owner, 'DELETE', `${grants}/${id}`)), [404, 'grant_not_found']);
    const activity = await call(ours.owner, 'GET', `${of(ours)}/datasets/${hidden}/activity`);
    assert.deepEqual(
      (json(activity)['items'] as { action: string }[]).map(({ action }) => action),
      ['datasets.unshare', 'datasets.change-grant', 'datasets.share'],
    );
    assert.deepEqual(code(await call(member, 'GET', `${of(ours)}/datasets/${hidden}/activity`)), [
      404,
      'dataset_not_found',
    ]);
  });

  it('takes no stranger, no strange id and no strange end', async () => {
    const { ours, theirs, member, hidden } = await makeScene();
    const grants = `${of(ours)}/datasets/${hidden}/grants`;
    const give = (body: object): Promise<Answer> =>
      call(ours.owner, 'POST', grants, { right: 'read', ...body });
    const answers = [theirs.owner.user, newId('usr', Date.now())].map((user) => give({ user }));
    const [known, unknown] = await Promise.all(answers);
    assert.deepEqual([known?.status, known?.body], [404, unknown?.body]);
    for (const until of ['2020-01-01T00:00:00Z', new Date().toISOString(), '9999-12-31T23:59:59-14:00'])
      assert.deepEqual(code(await give({ user: member.user, until })), [400, 'until_invalid'], until);
    for (const until of [
      '10000-01-01T00:00:00Z',
      '+010000-01-01T00:00:00Z',
      '2027-02-30T00:00:00Z',
      '',
      'soon',
      5,
      {},
    ])
      assert.deepEqual(
        code(await give({ user: member.user, until })),
        [400, 'invalid_request'],
        JSON.stringify(until),
      );
    for (const user of ['', 'usr_x', '\0', 'usr_' + '7'.repeat(300), null, 1])
      assert.deepEqual(code(await give({ user })), [400, 'invalid_request'], String(user));
    for (const right of ['manage', 'none', '', null])
      assert.equal((await give({ user: member.user, right })).status, 400);
    for (const dataset of ['x', '%00', "';drop", 'dst_%27', '..%2F', 'a'.repeat(500), newId('dst', 1)])
      assert.equal(
        (await call(ours.owner, 'GET', `${of(ours)}/datasets/${dataset}/grants`)).status,
        404,
        dataset,
      );
    assert.equal((await give({ user: member.user, until: '9999-12-31T23:59:59Z' })).status, 201);
  });
});

describe('an invitation to somebody outside', () => {
  it('is answered the same whether the address has an account or not, and holds no address in the log', async () => {
    const scene = await makeScene();
    const shape = async (email: string): Promise<unknown> => {
      const answer = await invite(scene, scene.open, email);
      const { id: _, email: __, created_at: ___, expires_at: ____, ...rest } = json(answer);
      return [answer.status, rest, await mailsTo(email)];
    };
    assert.deepEqual(
      await shape(scene.theirs.owner.email),
      await shape(`nobody-${scene.open.slice(-8)}@partner.example`),
    );
    const log = await house.store.superuser('select details from vouchsafe.audit_event where target = $1', [
      scene.open,
    ]);
    assert.ok(log.length >= 2 && !JSON.stringify(log).includes('@'));
  });

  it('is taken in the name of one company, works there alone, and ends on every process at once', async () => {
    const scene = await makeScene();
    const { ours, theirs, open } = scene;
    const elsewhere = await makeCompany();
    await house.store.superuser('insert into vouchsafe.member values ($1, $2, $3, now())', [
      elsewhere.id,
      theirs.owner.user,
      'member' satisfies Role,
    ]);
    const guest = await signIn(house, { email: `guest-${open.slice(-8)}@partner.example` });
    for (const { id } of [theirs, elsewhere])
      await house.store.superuser('insert into vouchsafe.member values ($1, $2, $3, now())', [
        id,
        guest.user,
        'viewer' satisfies Role,
      ]);
    const grant = await admit(scene, open, guest, theirs, { right: 'modify' });
    assert.equal(await seen(guest, theirs, open), 'modify');
    assert.equal(await seen(guest, elsewhere, open), undefined, 'the companies are not mixed');
    assert.equal(await seen(theirs.owner, theirs, open), undefined, 'nor their people');
    assert.ok((await mailsTo(ours.owner.email)).includes('dataset-invitation-accepted'));
    // The owner's company knows whom it let in; nothing of theirs is told to those who do not manage it.
    const people = json(await call(ours.owner, 'GET', `${of(ours)}/datasets/${open}/people`));
    const them = (people['items'] as { user: string; email: string; why: string }[]).find(
      ({ user }) => user === guest.user,
    );
    assert.equal(them?.email, guest.email);
    assert.match(
      them?.why ?? '',
      /may read and change it by a grant, without an end, while acting for Company/,
    );
    assert.deepEqual(code(await call(guest, 'GET', `${of(theirs)}/datasets/${open}/people`)), [
      404,
      'dataset_not_found',
    ]);
    // The company's switch, the dataset's, and the grant itself: each counts for the next request of both processes.
    const both = async (expected: string | undefined): Promise<void> => {
      for (const at of [house, second]) assert.equal(await seen(guest, theirs, open, at), expected);
    };
    await letOut(ours, false);
    await both(undefined);
    await letOut(ours, true);
    await both('modify');
    const path = `${of(ours)}/datasets/${open}`;
    assert.equal((await call(ours.owner, 'PATCH', `${path}/sharing`, { shared_outside: false })).status, 200);
    await both(undefined);
    assert.equal((await call(ours.owner, 'PATCH', `${path}/sharing`, { shared_outside: true })).status, 200);
    await both('modify');
    assert.equal((await call(ours.owner, 'DELETE', `${path}/grants/${grant}`)).status, 204);
    await both(undefined);
  });

  it('works once, for one address, and not after it was withdrawn, renewed, or its company closed', async () => {
    const scene = await makeScene();
    const { ours, theirs, open, member } = scene;
    const use = (token: string, who = theirs.owner, at: Company = theirs): Promise<Answer> =>
      call(who, 'POST', `${of(at)}/dataset-invitations/accept`, { token });
    const mailed = async (): Promise<{ id: string; token: string }> => {
      const answer = await invite(scene, open, theirs.owner.email);
      assert.equal(answer.status, 201, answer.body);
      return { id: String(json(answer)['id']), token: await mailedToken(theirs.owner.email) };
    };
    const first = await mailed();
    const again = await mailed();
    assert.deepEqual(code(await use(first.token)), [410, 'link_invalid']);
    assert.deepEqual(code(await use(again.token, member, ours)), [403, 'other_account']);
    const path = `${of(ours)}/datasets/${open}/invitations`;
    assert.equal((await call(ours.owner, 'DELETE', `${path}/${again.id}`)).status, 204);
    assert.deepEqual(code(await use(again.token)), [410, 'link_invalid']);
    // One address is written to so often and no more; the rest as another dataset would.
    await house.store.superuser('update vouchsafe.user_account set email = $2 where id = $1', [
      theirs.owner.user,
      `moved-${theirs.owner.email}`,
    ]);
    const moved = {
      ...scene,
      theirs: { ...theirs, owner: { ...theirs.owner, email: `moved-${theirs.owner.email}` } },
    };
    const invited = await invite(moved, open, moved.theirs.owner.email);
    assert.equal(invited.status, 201, invited.body);
    const token = await mailedToken(moved.theirs.owner.email);
    await letOut(ours, false);
    assert.deepEqual(code(await use(token)), [410, 'link_invalid']);
    assert.deepEqual(code(await invite(moved, open, 'new@partner.example')), [409, 'outside_not_allowed']);
    await letOut(ours, true);
    const read = await house.call('POST', '/v1/dataset-invitations/read', { body: { token } });
    assert.deepEqual([read.status, json(read)['email']], [200, moved.theirs.owner.email]);
    const answers = await Promise.all(Array.from({ length: 4 }, () => use(token)));
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 410, 410, 410],
    );
    assert.deepEqual(code(await use(token)), [410, 'link_used']);
    for (const wrong of ['', 'x', 'A'.repeat(43), '\0'.repeat(43)])
      assert.deepEqual(code(await use(wrong)), [410, 'link_invalid']);
  });

  it('is void once its sender does not manage the dataset any more', async () => {
    const scene = await makeScene();
    const { ours, theirs, member } = scene;
    const own = await makeDataset(ours, member, 'private');
    const invited = await call(member, 'POST', `${of(ours)}/datasets/${own}/invitations`, {
      email: theirs.owner.email,
      right: 'read',
    });
    assert.equal(invited.status, 201, invited.body);
    const token = await mailedToken(theirs.owner.email);
    await house.store.superuser('update vouchsafe.dataset set owner_id = $2 where id = $1', [
      own,
      ours.owner.user,
    ]);
    assert.deepEqual(
      code(await call(theirs.owner, 'POST', `${of(theirs)}/dataset-invitations/accept`, { token })),
      [410, 'link_invalid'],
    );
  });

  it('takes no hostile address', async () => {
    const scene = await makeScene();
    for (const email of [
      '',
      'x',
      'a@b',
      'a b@c.example',
      'a@c.example\r\nBcc: d@e.example',
      'a@c.example,d@e.example',
      '<a@c.example>',
      'a@c.example\0',
      `${'a'.repeat(250)}@c.example`,
      '"a"@c.example',
      'vs_sk_live@c.example',
      null,
      ['a@c.example'],
    ]) {
      const answer = await invite(scene, scene.open, email as string);
      assert.equal(answer.status, 400, `${JSON.stringify(email)} ${answer.body}`);
    }
  });

  it('ends by the clock of the database and by ours, whichever comes first', async () => {
    const scene = await makeScene();
    const { theirs, open } = scene;
    const until = new Date(Date.now() + 2500).toISOString();
    await admit(scene, open, theirs.owner, theirs, { until });
    assert.equal(await seen(theirs.owner, theirs, open), 'read');
    while ((await seen(theirs.owner, theirs, open, second)) !== undefined) await pause(100);
    assert.ok(Date.now() >= Date.parse(until), 'not before');
    assert.equal(await seen(theirs.owner, theirs, open), undefined);
  });
});

describe('asking for access', () => {
  it('is answered the same whatever there is to ask for, and decided by those who manage it', async () => {
    const scene = await makeScene();
    const { ours, theirs, open, hidden, member } = scene;
    const closed = await makeDataset(ours, ours.owner, 'company', false);
    const ask = (who: Visitor, at: Company, dataset: unknown): Promise<Answer> =>
      call(who, 'POST', `${of(at)}/dataset-requests`, { dataset, right: 'read' });
    const answers = [];
    for (const dataset of [open, hidden, closed, newId('dst', Date.now()), 'nonsense', open])
      answers.push(await ask(theirs.owner, theirs, dataset));
    assert.deepEqual(
      [...new Set(answers.map(({ status, body }) => `${status} ${body}`))],
      ['202 {"state":"asked"}'],
    );
    assert.equal((await ask(member, ours, hidden)).status, 202);
    const listed = await call(ours.owner, 'GET', `${of(ours)}/dataset-requests`);
    const requests = json(listed)['items'] as { id: string; email: string; dataset: { id: string } }[];
    assert.deepEqual(
      requests.map(({ email, dataset }) => [email, dataset.id]),
      [
        [theirs.owner.email, open],
        [theirs.owner.email, hidden],
        [member.email, hidden],
      ],
    );
    assert.equal((await mailsTo(ours.owner.email)).filter((one) => one === 'dataset-request').length, 3);
    assert.deepEqual(json(await call(member, 'GET', `${of(ours)}/dataset-requests`))['items'], []);
    const [first, other, third] = requests;
    const decide = (who: Visitor, id: string, body: object): Promise<Answer> =>
      call(who, 'POST', `${of(ours)}/dataset-requests/${id}`, body);
    assert.deepEqual(code(await decide(member, String(first?.id), { decision: 'grant' })), [
      404,
      'request_not_found',
    ]);
    assert.equal((await decide(ours.owner, String(first?.id), { decision: 'grant' })).status, 204);
    assert.equal(await seen(theirs.owner, theirs, open), 'read');
    assert.equal((await decide(ours.owner, String(other?.id), { decision: 'refuse' })).status, 204);
    assert.equal((await decide(ours.owner, String(third?.id), { decision: 'refuse' })).status, 204);
    assert.deepEqual(code(await decide(ours.owner, String(third?.id), { decision: 'grant' })), [
      404,
      'request_not_found',
    ]);
    // A refusal tells a stranger nothing, where nothing else is said.
    assert.deepEqual(await mailsTo(theirs.owner.email), ['dataset-request-granted']);
    assert.deepEqual(await mailsTo(member.email), ['dataset-request-refused']);
    // Once refused it is not asked again.
    assert.equal((await ask(member, ours, hidden)).status, 202);
    assert.deepEqual(json(await call(ours.owner, 'GET', `${of(ours)}/dataset-requests`))['items'], []);
  });
});

describe('who can see a dataset', () => {
  it('is said with a sentence each, and in the words of OSDU', async () => {
    const scene = await makeScene();
    const { ours, member, theirs, open } = scene;
    await admit(scene, open, theirs.owner, theirs, { until: '2090-06-30T22:00:00Z' });
    const path = `${of(ours)}/datasets/${open}/people`;
    const whys = (json(await call(ours.owner, 'GET', path))['items'] as { why: string }[]).map(
      ({ why }) => why,
    );
    assert.equal(whys.length, 3);
    const all = whys.join('\n');
    assert.match(all, /manages it as an owner of Company/);
    assert.match(
      all,
      /may read and change it as a member of Company \w+: the dataset is visible to the company/,
    );
    assert.match(all, /may read it by a grant, until 30 June 2090 at 22:00 UTC, while acting for Company/);
    const acl = json(await call(ours.owner, 'GET', `${path}?form=acl`)) as unknown as {
      acl: { viewers: string[]; owners: string[] };
      groups: { email: string; members: { email: string; role: string }[] }[];
    };
    assert.match(String(acl.acl.viewers[0]), /^data\.wells_\d+\.viewers@com-[0-9a-z]{26}\./);
    assert.deepEqual(acl.groups[0]?.members, [{ email: theirs.owner.email, role: 'MEMBER' }]);
    assert.deepEqual(
      new Map(acl.groups[1]?.members.map(({ email, role }) => [email, role])),
      new Map([
        [member.email, 'MEMBER'],
        [ours.owner.email, 'OWNER'],
      ]),
    );
    for (const after of ['x', `${member.user}.x`, '\0', "'"])
      assert.equal((await call(ours.owner, 'GET', `${path}?after=${encodeURIComponent(after)}`)).status, 400);
  });
});

describe('another company', () => {
  /** Everything that can be asked about a dataset by whoever knows its id, as a member and as a program. */
  const questions: readonly ((dataset: string) => readonly [string, string, unknown?])[] = [
    (id) => ['GET', `/datasets/${id}`],
    (id) => ['PATCH', `/datasets/${id}`, { title: 'Mine' }],
    (id) => ['DELETE', `/datasets/${id}`],
    (id) => ['GET', `/datasets/${id}/versions`],
    (id) => ['GET', `/datasets/${id}/people`],
    (id) => ['GET', `/datasets/${id}/people?form=acl`],
    (id) => ['GET', `/datasets/${id}/grants`],
    (id) => ['POST', `/datasets/${id}/grants`, { user: 'usr_01h0000000000000000000000a', right: 'read' }],
    (id) => ['PATCH', `/datasets/${id}/grants/grt_01h0000000000000000000000a`, { right: 'read' }],
    (id) => ['DELETE', `/datasets/${id}/grants/grt_01h0000000000000000000000a`],
    (id) => ['GET', `/datasets/${id}/invitations`],
    (id) => [
      'POST',
      `/datasets/${id}/invitations`,
      { email: `a${(names += 1)}@partner.example`, right: 'read' },
    ],
    (id) => ['GET', `/datasets/${id}/sharing`],
    (id) => ['PATCH', `/datasets/${id}/sharing`, { shared_outside: true }],
    (id) => ['GET', `/datasets/${id}/activity`],
    (id) => ['GET', `/dataset-requests?dataset=${id}`],
    (id) => ['POST', '/dataset-requests', { dataset: id, right: 'read' }],
    (id) => ['POST', `/dataset-requests/${id.replace('dst', 'drq')}`, { decision: 'grant' }],
    () => ['GET', '/datasets'],
    () => ['GET', '/audit'],
  ];

  /** The body without what names the id that was asked for, and what changes by itself. */
  const told = ({ status, body }: Answer, id: string): string =>
    `${status} ${body.replaceAll(id.slice(4), '…')}`.replace(/"(?:id|at|next)":"?[^",}]*"?/g, '');

  it('learns nothing by any sequence of calls, not even that there is such a dataset', async () => {
    const scene = await makeScene();
    const { theirs, ours, open, hidden } = scene;
    // Others are let in meanwhile, which is nothing to this company either.
    const guest = await signIn(house, { memberships: { [(await makeCompany()).id]: 'owner' } });
    const home = Object.assign(await makeCompany(), { owner: guest });
    await house.store.superuser('insert into vouchsafe.member values ($1, $2, $3, now())', [
      home.id,
      guest.user,
      'member' satisfies Role,
    ]);
    const grant = await admit(scene, open, guest, home);
    const nowhere = newId('dst', Date.now());
    const step = fc.record({
      question: fc.nat(questions.length - 1),
      dataset: fc.constantFrom(open, hidden),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        for (const { question, dataset } of steps) {
          const [asked, made] = [questions[question]!(dataset), questions[question]!(nowhere)];
          const answers: string[] = [];
          for (const [[method, path, body], id] of [
            [asked, dataset],
            [made, nowhere],
          ] as const) {
            const answer = await call(theirs.owner, method, `${of(theirs)}${path}`, body);
            assert.ok(answer.status < 500, answer.body);
            // How often somebody may ask is counted by who asks, between the two questions too.
            if (answer.status === 429) return;
            // Their own log grows by what they ask; that it names the id they gave tells nothing.
            if (path !== '/audit') answers.push(told(answer, id));
          }
          assert.ok(answers.length === 0 || answers[0] === answers[1], answers.join('\n'));
        }
      }),
      { numRuns: 15 },
    );
    // And what they asked changed nothing.
    const grants = await call(ours.owner, 'GET', `${of(ours)}/datasets/${open}/grants`);
    assert.deepEqual(
      (json(grants)['items'] as { id: string }[]).map(({ id }) => id),
      [grant],
    );
  });
});

const grantsOf = (scene: Scene, dataset: string): string => `${of(scene.ours)}/datasets/${dataset}/grants`;
/** On the second process: tokens of one address are tried so often and no more on each. */
const accept = async (who: Visitor, company: Company): Promise<Answer> => {
  const token = await mailedToken(who.email);
  return call(who, 'POST', `${of(company)}/dataset-invitations/accept`, { token }, second);
};
const askFor = async (who: Visitor, company: Company, dataset: string, right = 'read'): Promise<void> => {
  const asked = await call(who, 'POST', `${of(company)}/dataset-requests`, { dataset, right });
  assert.equal(asked.status, 202, asked.body);
};
const requestsFor = async (
  scene: Scene,
  dataset: string,
): Promise<readonly { id: string; email: string }[]> => {
  const listed = await call(scene.ours.owner, 'GET', `${of(scene.ours)}/dataset-requests?dataset=${dataset}`);
  return json(listed)['items'] as { id: string; email: string }[];
};
const decideOn = (scene: Scene, id: unknown, body: object): Promise<Answer> =>
  call(scene.ours.owner, 'POST', `${of(scene.ours)}/dataset-requests/${String(id)}`, body);

describe('the limit of grants', () => {
  it('holds however one is given, and all of them are shown page by page', async () => {
    const scene = await makeScene();
    const { ours, theirs, open, member } = scene;
    assert.equal((await invite(scene, open, theirs.owner.email)).status, 201);
    const late = await signIn(house, { memberships: { [theirs.id]: 'member' } });
    await askFor(late, theirs, open);
    const fill = async (count: number): Promise<void> => {
      const people = Array.from({ length: count }, () => newId('usr', Date.now()));
      const ids = people.map(() => newId('grt', Date.now()));
      await house.store.superuser(
        `insert into vouchsafe.user_account (id, email, created_at, active_on)
         select id, id || '@example.com', now(), now() from unnest($1::text[]) as id`,
        [people],
      );
      await house.store.superuser(
        "insert into vouchsafe.member select $2, id, 'viewer', now() from unnest($1::text[]) as id",
        [people, theirs.id],
      );
      await house.store.superuser(
        `insert into vouchsafe.dataset_grant (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_at)
         select g.id, $3, $4, g.person, $5, 'read', now() from unnest($1::text[], $2::text[]) as g(id, person)`,
        [ids, people, open, ours.id, theirs.id],
      );
    };
    await fill(999);
    const path = grantsOf(scene, open);
    assert.equal((await call(ours.owner, 'POST', path, { user: member.user, right: 'read' })).status, 201);
    assert.equal(json(await call(ours.owner, 'GET', path))['next'], null);
    const full = [409, 'too_many_grants'];
    const [request] = await requestsFor(scene, open);
    assert.deepEqual(code(await decideOn(scene, request?.id, { decision: 'grant' })), full);
    assert.deepEqual(code(await accept(theirs.owner, theirs)), full);
    // In place of the one that they have there is always one.
    await askFor(member, ours, open, 'modify');
    assert.deepEqual((await requestsFor(scene, open)).length, 1, 'members change it by their role');
    await fill(1);
    const first = json(await call(ours.owner, 'GET', path)) as unknown as { items: object[]; next: string };
    const rest = json(await call(ours.owner, 'GET', `${path}?after=${first.next}`));
    assert.deepEqual([first.items.length, (rest['items'] as object[]).length], [1000, 1]);
    assert.equal(rest['next'], null);
  });
});

describe('an open invitation', () => {
  it('goes with the right that is taken away, and with the decision about a request', async () => {
    const scene = await makeScene();
    const { ours, theirs, open } = scene;
    const guest = theirs.owner;
    const grant = await admit(scene, open, guest, theirs);
    assert.equal((await invite(scene, open, guest.email)).status, 201);
    assert.equal((await invite(scene, scene.hidden, guest.email)).status, 201);
    const hidden = await mailedToken(guest.email);
    assert.equal((await call(ours.owner, 'DELETE', `${grantsOf(scene, open)}/${grant}`)).status, 204);
    const openInvitations = async (dataset: string): Promise<number> => {
      const listed = await call(ours.owner, 'GET', `${of(ours)}/datasets/${dataset}/invitations`);
      return (json(listed)['items'] as object[]).length;
    };
    assert.deepEqual([await openInvitations(open), await openInvitations(scene.hidden)], [0, 1]);
    await askFor(guest, theirs, scene.hidden);
    const [request] = await requestsFor(scene, scene.hidden);
    assert.equal((await decideOn(scene, request?.id, { decision: 'refuse' })).status, 204);
    const path = `${of(theirs)}/dataset-invitations/accept`;
    assert.deepEqual(code(await call(guest, 'POST', path, { token: hidden })), [410, 'link_invalid']);
  });

  it('takes nothing from a right that is stronger or longer, and adds to one that is not', async () => {
    const scene = await makeScene();
    const { theirs, open } = scene;
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const takes = async (more: object): Promise<unknown> => {
      assert.equal((await invite(scene, open, theirs.owner.email, more)).status, 201);
      const taken = json(await accept(theirs.owner, theirs));
      return [taken['right'], taken['until']];
    };
    assert.deepEqual(await takes({ until }), ['read', until]);
    assert.deepEqual(await takes({ right: 'modify' }), ['modify', null]);
    assert.deepEqual(await takes({ until }), ['modify', null]);
  });
});

describe('a request', () => {
  it('is one of each asker, whatever companies they have, and the sixth within an hour is mailed to nobody', async () => {
    const scene = await makeScene();
    const { ours, theirs, open } = scene;
    const elsewhere = await makeCompany();
    await house.store.superuser("insert into vouchsafe.member values ($1, $2, 'owner', now())", [
      elsewhere.id,
      theirs.owner.user,
    ]);
    for (const company of [theirs, elsewhere]) await askFor(theirs.owner, company, open);
    assert.equal((await requestsFor(scene, open)).length, 1);
    const others = await Promise.all(
      Array.from({ length: 6 }, () => signIn(house, { memberships: { [theirs.id]: 'viewer' } })),
    );
    for (const other of others) await askFor(other, theirs, open);
    assert.equal((await requestsFor(scene, open)).length, 7);
    assert.equal((await mailsTo(ours.owner.email)).filter((one) => one === 'dataset-request').length, 5);
  });

  it('is answered to the address that its asker has by then', async () => {
    const scene = await makeScene();
    const { theirs, open } = scene;
    await askFor(theirs.owner, theirs, open);
    const moved = `moved-${open.slice(-8)}@partner.example`;
    await house.store.superuser('update vouchsafe.user_account set email = $2 where id = $1', [
      theirs.owner.user,
      moved,
    ]);
    const [request] = await requestsFor(scene, open);
    assert.equal((await decideOn(scene, request?.id, { decision: 'grant' })).status, 204);
    assert.deepEqual(await mailsTo(moved), ['dataset-request-granted']);
    assert.deepEqual(await mailsTo(theirs.owner.email), []);
  });
});

it('a grant that is taken away while it is changed is not found', async () => {
  const scene = await makeScene();
  const { ours, member, hidden } = scene;
  const path = grantsOf(scene, hidden);
  const made = json(await call(ours.owner, 'POST', path, { user: member.user, right: 'read' }));
  const client = await connect(house.store.connections.superuser, { name: 'test' });
  try {
    await client.query('begin');
    await client.query('delete from vouchsafe.dataset_grant where id = $1', [made['id']]);
    const changing = call(ours.owner, 'PATCH', `${path}/${String(made['id'])}`, { right: 'modify' });
    for (;;) {
      const [row] = await house.store.superuser(
        'select count(*)::int as waiting from pg_locks where not granted',
      );
      if (row?.['waiting'] !== 0) break;
    }
    await client.query('commit');
    assert.deepEqual(code(await changing), [404, 'grant_not_found']);
  } finally {
    await client.end();
  }
});
