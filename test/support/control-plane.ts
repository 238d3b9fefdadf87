/** The endpoints of companies before a real database, and one valid call of each that changes something. */
import { createAccountRoutes } from '../../src/accounts/routes.ts';
import { createAuditRoutes } from '../../src/audit/routes.ts';
import { createIndexRoutes } from '../../src/datasets/indexes/routes.ts';
import { createDatasetRoutes } from '../../src/datasets/routes.ts';
import { createSharingRoutes } from '../../src/datasets/sharing/routes.ts';
import { createDomainRoutes } from '../../src/domains/routes.ts';
import type { Role, SessionCaller } from '../../src/foundation/caller.ts';
import {
  newId,
  type CompanyId,
  type DomainId,
  type KeyId,
  type ProjectId,
  type DeliveryId,
  type UserId,
  type WebhookId,
} from '../../src/foundation/ids.ts';
import { digestOfToken, linkToken } from '../../src/foundation/link.ts';
import { hmacKey, randomSecretBytes } from '../../src/foundation/secret.ts';
import { findSession } from '../../src/gate/store.ts';
import type { AnyRoute } from '../../src/http/route.ts';
import { createKeyRoutes } from '../../src/keys/routes.ts';
import { enqueueMail } from '../../src/mail/outbox.ts';
import { createMemberRoutes, roleRoutes } from '../../src/members/routes.ts';
import { RATES } from '../../src/sessions/rules.ts';
import { createRequestLogRoutes } from '../../src/request-log/routes.ts';
import { createStartSession } from '../../src/sessions/start.ts';
import { createUsageRoutes } from '../../src/usage/routes.ts';
import { createGuard } from '../../src/webhooks/guard.ts';
import { createWebhookRoutes } from '../../src/webhooks/routes.ts';
import { createTestHasher, GOOD_PASSWORD } from './session-house.ts';
import { openStage, ORIGIN, type Person, type SignedInParts, type Stage } from './signed-in.ts';

/** The pepper of these tests. */
export const PEPPER = hmacKey(randomSecretBytes(32));

/** The endpoints of companies, projects, keys, members, invitations and the log. */
export const controlPlaneRoutes = (parts: SignedInParts): readonly AnyRoute[] => {
  const { database, cookies } = parts;
  return [
    ...createAccountRoutes(parts),
    ...createUsageRoutes(parts),
    ...createDomainRoutes(parts),
    ...createDatasetRoutes(parts),
    ...createIndexRoutes(parts),
    ...createSharingRoutes({
      ...parts,
      publicUrl: ORIGIN,
      enqueueMail,
      spend: () => 0,
      spendToken: () => 0,
    }),
    ...createRequestLogRoutes(parts),
    ...createKeyRoutes({
      database,
      pepper: PEPPER,
      pepperId: 0,
      enqueueMail,
      spendReport: () => 0,
      spendToken: (address, now) => {
        const verdict = parts.attempts.spend(`token ${address.expose()}`, RATES.token, now);
        return verdict.ok ? 0 : verdict.retryAfterMs;
      },
    }),
    ...createMemberRoutes({
      ...parts,
      hasher: createTestHasher(),
      enqueueMail,
      startSession: createStartSession(cookies),
      noteAccess: () => undefined,
      identifySession: async (request, now): Promise<SessionCaller | undefined> => {
        const read = cookies.read('session', request, now);
        if (!read.ok) return undefined;
        const [row] = await database.run(findSession, [read.value.sid]);
        if (row === undefined) return undefined;
        return {
          credential: 'session',
          session: read.value.sid,
          user: row.user_id as UserId,
          email: row.email,
          name: row.name,
          provenAt: now,
          isStrong: row.is_strong,
          hasSecondFactor: false,
          memberships: new Map(),
          renewal: undefined,
        };
      },
    }),
    ...createWebhookRoutes({
      database,
      boxKey: parts.boxKey,
      // Nothing is asked of the name servers of this machine, and nothing is sent.
      guard: createGuard({ networks: [], resolve: async () => [{ address: '93.184.215.14', family: 4 }] }),
      spendSend: () => 0,
    }),
    ...createAuditRoutes(parts),
    ...roleRoutes(),
  ];
};

/** A company with everything in it. */
export interface Scene {
  readonly company: CompanyId;
  readonly owner: Person;
  /** A second owner, so that the first can go. */
  readonly other: Person;
  readonly project: ProjectId;
  readonly key: KeyId;
  /** An authorised domain, `https://shop.example`. */
  readonly domain: DomainId;
  /** A webhook, and a test that waits for being sent to it. */
  readonly webhook: WebhookId;
  readonly delivery: DeliveryId;
  /** An open invitation: its id, address and token. */
  readonly invitation: { readonly id: string; readonly email: string; readonly token: string };
  /** The token of a link to a new secret of the key. */
  readonly reveal: string;
}

export const setRole = async (stage: Stage, company: string, user: string, role: Role): Promise<void> => {
  await stage.store.superuser(
    'update vouchsafe.member set role = $3 where company_id = $1 and user_id = $2',
    [company, user, role],
  );
};

/** A token's link, as it was mailed last to this address. */
export const mailedToken = async (
  stage: Stage,
  email: string,
): Promise<{ readonly id: string; readonly token: string }> => {
  const id = (await stage.mails()).findLast(
    (mail) => mail.recipient === email && mail.link_id !== null,
  )?.link_id;
  if (typeof id !== 'string') throw new Error('nothing was mailed');
  return { id, token: linkToken(stage.linkKey, 'invitation', id).expose() };
};

/** Writes a link to a new secret down as if it had been mailed; gives its token. */
const openReveal = async (stage: Stage, company: CompanyId, key: KeyId): Promise<string> => {
  const id = newId('rvl', stage.clock.now());
  const token = linkToken(stage.linkKey, 'key-reveal', id);
  await stage.store.superuser(
    `insert into vouchsafe.key_reveal (id, company_id, key_id, digest, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $5::timestamptz + interval '15 minutes')`,
    [id, company, key, digestOfToken(token), new Date(stage.clock.now())],
  );
  return token.expose();
};

/** Makes a company through the API. */
export const makeScene = async (stage: Stage): Promise<Scene> => {
  const [owner, other] = [await stage.person(), await stage.person()];
  const company = await stage.company([owner, other]);
  await setRole(stage, company, other.user, 'owner');
  const made = await owner.call('POST', `/v1/companies/${company}/projects`, { name: 'Maps' });
  const project = made.body.id as ProjectId;
  const created = await owner.call('POST', `/v1/companies/${company}/projects/${project}/keys`, {
    name: 'First',
  });
  const key = created.body.key.id as KeyId;
  const authorised = await owner.call('POST', `/v1/companies/${company}/projects/${project}/domains`, {
    domain: 'shop.example',
  });
  const email = `${newId('usr', 0).slice(-10)}@invited.example`;
  const invited = await owner.call('POST', `/v1/companies/${company}/invitations`, { email, role: 'member' });
  const hooked = await owner.call('POST', `/v1/companies/${company}/webhooks`, {
    url: 'https://hooks.shop.example/vouchsafe',
    events: ['key.rotated'],
  });
  const webhook = hooked.body.webhook.id as WebhookId;
  const tested = await owner.call('POST', `/v1/companies/${company}/webhooks/${webhook}/test`);
  const delivery = tested.body.id as DeliveryId;
  if (invited.status !== 201 || authorised.status !== 201)
    throw new Error(JSON.stringify([made, created, authorised, invited]));
  const { id, token } = await mailedToken(stage, email);
  const domain = authorised.body.id as DomainId;
  const reveal = await openReveal(stage, company, key);
  return {
    company,
    owner,
    other,
    project,
    key,
    domain,
    webhook,
    delivery,
    invitation: { id, email, token },
    reveal,
  };
};

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  /** The event that it leaves in the log, where it is not the operation's own name. */
  readonly public?: boolean;
  /** Its event in the log, where that has not the operation's own name. */
  readonly event?: string;
  /** Events that it leaves in the logs of others. */
  readonly besides?: readonly string[];
}

/** A valid call of every operation that changes something in a company, by an owner. */
export const CHANGES: Readonly<Record<string, (scene: Scene) => Call>> = {
  'companies.change': ({ company }) => ({
    method: 'PATCH',
    path: `/v1/companies/${company}`,
    body: { name: 'Southwind', contact_email: 'ops@example.com' },
    status: 200,
  }),
  'projects.create': ({ company }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/projects`,
    body: { name: 'Routes' },
    status: 201,
  }),
  'projects.change': ({ company, project }) => ({
    method: 'PATCH',
    path: `/v1/companies/${company}/projects/${project}`,
    body: { name: 'Tiles' },
    status: 200,
  }),
  'projects.delete': ({ company, project }) => ({
    method: 'DELETE',
    path: `/v1/companies/${company}/projects/${project}`,
    status: 204,
  }),
  'keys.create': ({ company, project }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/projects/${project}/keys`,
    body: { name: 'Second' },
    status: 201,
  }),
  'keys.change': ({ company, key }) => ({
    method: 'PATCH',
    path: `/v1/companies/${company}/keys/${key}`,
    body: { name: 'Renamed' },
    status: 200,
  }),
  'keys.rotate': ({ company, key }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/keys/${key}/rotate`,
    body: {},
    status: 200,
  }),
  'keys.revoke': ({ company, key }) => ({
    method: 'DELETE',
    path: `/v1/companies/${company}/keys/${key}`,
    status: 200,
  }),
  'key-reveals.use': ({ reveal }) => ({
    method: 'POST',
    path: '/v1/key-reveals/use',
    body: { token: reveal },
    status: 200,
  }),
  'domains.create': ({ company, project }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/projects/${project}/domains`,
    body: { domain: 'www.shop.example' },
    status: 201,
  }),
  'domains.change': ({ company, project }) => ({
    method: 'PATCH',
    path: `/v1/companies/${company}/projects/${project}/domains`,
    body: { allow_localhost: true },
    status: 200,
  }),
  'domains.remove': ({ company, project, domain }) => ({
    method: 'DELETE',
    path: `/v1/companies/${company}/projects/${project}/domains/${domain}`,
    status: 204,
  }),
  'logs.change': ({ company, project }) => ({
    method: 'PATCH',
    path: `/v1/companies/${company}/projects/${project}/log`,
    body: { days: 7, queries: true },
    status: 200,
  }),
  'logs.delete': ({ company, project }) => ({
    method: 'DELETE',
    path: `/v1/companies/${company}/projects/${project}/log`,
    status: 200,
  }),
  'webhooks.create': ({ company }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/webhooks`,
    body: { url: 'https://hooks.shop.example/more', events: ['auth.failures'] },
    status: 201,
  }),
  'webhooks.change': ({ company, webhook }) => ({
    method: 'PATCH',
    path: `/v1/companies/${company}/webhooks/${webhook}`,
    body: { is_enabled: false },
    status: 200,
  }),
  'webhooks.rotate': ({ company, webhook }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/webhooks/${webhook}/rotate`,
    body: {},
    status: 200,
  }),
  'webhooks.test': ({ company, webhook }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/webhooks/${webhook}/test`,
    status: 202,
  }),
  'deliveries.resend': ({ company, webhook, delivery }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/webhooks/${webhook}/deliveries/${delivery}/resend`,
    status: 202,
  }),
  'webhooks.remove': ({ company, webhook }) => ({
    method: 'DELETE',
    path: `/v1/companies/${company}/webhooks/${webhook}`,
    status: 204,
  }),
  'members.change': ({ company, other }) => ({
    method: 'PATCH',
    path: `/v1/companies/${company}/members/${other.user}`,
    body: { role: 'viewer', expected_role: 'owner' },
    status: 200,
  }),
  'members.remove': ({ company, other }) => ({
    method: 'DELETE',
    path: `/v1/companies/${company}/members/${other.user}`,
    status: 204,
  }),
  'members.leave': ({ company }) => ({
    method: 'DELETE',
    path: `/v1/companies/${company}/membership`,
    status: 204,
  }),
  'invitations.create': ({ company }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/invitations`,
    body: { email: 'new@invited.example', role: 'viewer' },
    status: 201,
  }),
  'invitations.withdraw': ({ company, invitation }) => ({
    method: 'DELETE',
    path: `/v1/companies/${company}/invitations/${invitation.id}`,
    status: 204,
  }),
  'invitations.accept': ({ invitation }) => ({
    method: 'POST',
    path: '/v1/invitations/accept',
    body: { token: invitation.token, password: GOOD_PASSWORD },
    status: 200,
    public: true,
  }),
  'companies.create': () => ({
    method: 'POST',
    path: '/v1/companies',
    body: { name: 'Another' },
    status: 201,
  }),
};

/** Sends a change as the owner, or as nobody where it is public. */
export const send = async (
  stage: Stage,
  { owner }: Scene,
  { method, path, body, public: isPublic }: Call,
): ReturnType<Stage['call']> =>
  isPublic === true ? stage.call(method, path, body, '198.51.100.7') : owner.call(method, path, body);

/** What `textOf` says of the rows `t` of every table of ours. */
const readTables = async ({ store: { superuser } }: Stage, textOf: string): Promise<string> => {
  const tables = await superuser(
    `select c.relname as name from pg_class c
     where c.relnamespace = 'vouchsafe'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'key_epoch' order by 1`,
  );
  const parts = tables.map(
    ({ name }) =>
      `select '${String(name)}' as name, (select ${textOf} from vouchsafe.${String(name)} t) as text`,
  );
  const rows = await superuser(parts.join(' union all '));
  return rows.map(({ name, text }) => `${String(name)}\n${String(text)}`).join('\n\n');
};

/** Every row of every table of ours, to see that nothing changed, or what stands there. */
export const dumpTables = (stage: Stage): Promise<string> =>
  readTables(stage, "string_agg(t::text, E'\\n' order by t::text)");

/** How many rows each table has, and the sum of their hashes: whether anything changed, where there are many. */
export const sumTables = (stage: Stage): Promise<string> =>
  readTables(stage, "count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0)");

export { openStage };
