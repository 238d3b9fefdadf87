/** What an event of the audit log says, in words. */
import type { AuditEvent } from '../../../api/shapes.ts';
import { sayNumber } from './outcomes.ts';
import { SHARING_SENTENCES } from './sharing-sentences.ts';

type Details = AuditEvent['details'];

/** Finds the name of a member by id; undefined for those who are gone. */
export type NameOf = (user: string) => string | undefined;

type Sentence = (details: Details, target: string | undefined) => string;

const quoted = (value: unknown, fallback: string): string =>
  typeof value === 'string' && value !== '' ? `“${value}”` : fallback;

const many = (count: unknown): string => (typeof count === 'number' ? sayNumber(count) : 'many');

/** "one network", "1,200 networks". */
const several = (count: unknown, what: string): string =>
  count === 1 ? `one ${what}` : `${many(count)} ${what}s`;

const word = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : 'unknown');

const changeOfCompany: Sentence = (details) => {
  const parts: string[] = [];
  if ('name' in details) {
    parts.push(
      `renamed the company from ${quoted(details['name_before'], 'its old name')} to ${quoted(details['name'], 'another')}`,
    );
  }
  if ('contact_email' in details) parts.push('changed the contact address');
  if ('require_second_factor' in details) {
    parts.push(
      details['require_second_factor'] === true
        ? 'required a second factor of all members'
        : 'stopped requiring a second factor',
    );
  }
  if ('mail_unusual' in details) {
    parts.push(
      details['mail_unusual'] === true ? 'had unusual use mailed' : 'stopped the mail about unusual use',
    );
  }
  return parts.length === 0 ? 'changed the company' : new Intl.ListFormat('en-GB').format(parts);
};

const renamed =
  (what: string): Sentence =>
  ({ name, name_before: before }) =>
    before === undefined
      ? `renamed the ${what} to ${quoted(name, 'another name')}`
      : `renamed the ${what} ${quoted(before, 'of another name')} to ${quoted(name, 'another name')}`;

const rotated: Sentence = ({ name, overlap_hours: hours }) => {
  const key = `rotated the key ${quoted(name, '')}`.trimEnd();
  if (typeof hours !== 'number') return key;
  if (hours === 0) return `${key}, ending the old secret at once`;
  return `${key} with ${hours === 1 ? 'an hour' : `${hours} hours`} of overlap`;
};

const changeOfKey: Sentence = (details, target) => {
  const others = ['scopes', 'networks', 'expires_at', 'per_second', 'per_day'].filter(
    (part) => part in details,
  );
  if (others.length === 0) return renamed('key')(details, target);
  const words: Readonly<Record<string, string>> = {
    scopes: `what it may do to ${quoted(details['scopes'], 'nothing')}`,
    networks:
      details['networks'] === 0
        ? 'its networks to everywhere'
        : `its networks to ${several(details['networks'], 'network')}`,
    expires_at:
      details['expires_at'] === null ? 'its end to never' : `its end to ${String(details['expires_at'])}`,
    per_second: `its requests in a second to ${details['per_second'] === null ? 'its project’s' : many(details['per_second'])}`,
    per_day: `its requests in a day to ${details['per_day'] === null ? 'its project’s' : many(details['per_day'])}`,
  };
  const parts = others.map((part) => words[part] ?? part);
  return `changed the key ${quoted(details['name'], '')}: ${new Intl.ListFormat('en-GB').format(parts)}`;
};

const exposed: Sentence = ({ name, how, ended }) => {
  const found =
    how === 'reported' ? 'took a report that a secret was exposed' : 'saw a secret come over plain HTTP';
  const end =
    ended === 'pair'
      ? 'the key is revoked'
      : ended === 'previous-secret'
        ? 'that secret ended'
        : 'it still works';
  return `${found}, of the key ${quoted(name, 'of an unknown name')}; ${end}`;
};

const unitWords = (units: unknown, period: string): string[] =>
  typeof units === 'number'
    ? [`${sayNumber(units)} in a ${period}`]
    : units === null
      ? [`any number in a ${period}`]
      : [];

const limitWords = ({
  per_second: second,
  burst,
  per_day: day,
  per_month: month,
  is_soft: soft,
}: Details): string => {
  const parts = [
    ...(typeof second === 'number' ? [`${several(second, 'request')} in a second`] : []),
    ...(typeof burst === 'number' && burst !== second ? [`${sayNumber(burst)} at once`] : []),
    ...unitWords(day, 'day'),
    ...unitWords(month, 'month'),
  ];
  return `${new Intl.ListFormat('en-GB').format(parts)}${soft === true ? '; more is answered all the same' : ''}`;
};

const limited: Sentence = (details) => {
  if (details['by_plan'] === true) return 'gave a project the limits of its plan';
  const words = limitWords(details);
  return `set the limits of a project${words === '' ? '' : ` to ${words}`}`;
};

const logged: Sentence = ({ days, days_before: before, queries }) => {
  if (typeof days !== 'number') return 'turned the request log of a project off';
  const kept = `${days === 1 ? 'a day' : `${days} days`}${queries === true ? ', with queries' : ''}`;
  return typeof before === 'number'
    ? `changed the request log of a project to ${kept}`
    : `turned the request log of a project on for ${kept}`;
};

/** Verb phrases that follow the actor. Targets that are members come as their name. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  'companies.create': ({ name }) => `created the company ${quoted(name, '')}`.trimEnd(),
  'companies.change': changeOfCompany,
  'companies.export': () => 'exported all data of the company',
  'projects.create': ({ name }) => `created the project ${quoted(name, '')}`.trimEnd(),
  'projects.change': renamed('project'),
  'projects.delete': ({ name }) => `deleted the project ${quoted(name, '')}`.trimEnd(),
  'projects.limit': limited,
  'plans.change': (details) =>
    `gave the plan ${quoted(details['plan'], 'of the company')} other limits: ${limitWords(details)}`,
  'plans.give': ({ plan, plan_before: before }) =>
    `gave the company the plan ${quoted(plan, '')} instead of ${quoted(before, 'another')}`,
  'webhooks.create': ({ host }) => `made a webhook to ${word(host)}`,
  'webhooks.change': ({ host, is_enabled: isEnabled }) =>
    typeof host === 'string'
      ? `changed where a webhook leads to ${host}`
      : isEnabled === true
        ? 'switched a webhook on'
        : isEnabled === false
          ? 'switched a webhook off'
          : 'changed a webhook',
  'webhooks.rotate': ({ host }) => `gave the webhook to ${word(host)} another secret`,
  'webhooks.remove': ({ host }) => `removed the webhook to ${word(host)}`,
  'webhooks.test': () => 'sent a test to a webhook',
  'webhooks.disable': ({ host, because }) =>
    `switched the webhook to ${word(host)} off, since ${because === 'gone' ? 'its receiver said that it is gone' : 'nothing arrived for five days'}`,
  'deliveries.resend': ({ type }) => `sent a message of the type ${word(type)} again`,
  'keys.create': ({ name }) => `made the key ${quoted(name, '')}`.trimEnd(),
  'keys.change': changeOfKey,
  'keys.expose': exposed,
  'keys.failures': ({ name, count }) =>
    `noticed ${many(count)} failed attempts in a row with the key ${quoted(name, 'of an unknown name')}`,
  'keys.success': ({ name, count }) =>
    `noticed a success with the key ${quoted(name, 'of an unknown name')} after ${many(count)} failed attempts`,
  'keys.rotate': rotated,
  'key-reveals.create': ({ name }) =>
    `sent the owners a link to a new secret of the key ${quoted(name, 'of an unknown name')}`,
  'key-reveals.use': (details, target) => `used a link of the operator and ${rotated(details, target)}`,
  'keys.revoke': ({ name }) => `revoked the key ${quoted(name, '')}`.trimEnd(),
  'domains.create': ({ origin }) => `authorised the pages of ${word(origin)}`,
  'domains.remove': ({ origin }) => `removed the domain ${word(origin)}`,
  'domains.change': ({ allow_localhost: isOn }) =>
    isOn === true ? 'let pages of localhost call' : 'stopped letting pages of localhost call',
  'datasets.create': ({ name }) => `made the dataset ${quoted(name, '')}`.trimEnd(),
  'datasets.change': ({ name, name_before: before, visibility, owner }) =>
    before !== undefined
      ? `renamed the dataset ${quoted(before, '')} to ${quoted(name, '')}`
      : visibility !== undefined
        ? `made the dataset ${quoted(name, '')} ${visibility === 'private' ? 'private' : 'visible to the company'}`
        : owner !== undefined
          ? `gave the dataset ${quoted(name, '')} another owner`
          : `changed what the dataset ${quoted(name, '')} is called or says of itself`,
  'datasets.edit': ({ added, changed, removed, version }) =>
    `edited a dataset: ${several(added, 'row')} added, ${many(changed)} changed, ${many(removed)} removed, as version ${many(version)}`,
  'datasets.load': ({ mode, rows, rejected, version }) =>
    `loaded a file into a dataset as version ${many(version)}: ${several(rows, 'row')} ${mode === 'append' ? 'appended' : 'in all'}${rejected === 0 ? '' : `, ${many(rejected)} left out`}`,
  'datasets.delete': ({ name }) => `deleted the dataset ${quoted(name, '')}`.trimEnd(),
  'datasets.export': ({ version, format, filtered }) =>
    `downloaded ${filtered === true ? 'a part of ' : ''}version ${many(version)} of a dataset as ${word(format)}`,
  'datasets.restore': ({ restored, version }) =>
    `brought version ${many(restored)} of a dataset back, as version ${many(version)}`,
  'datasets.read': ({ from, version }) =>
    from !== undefined
      ? `compared version ${many(from)} of a dataset with version ${many(version)}`
      : version === undefined
        ? 'read rows of a dataset'
        : `looked into version ${many(version)} of a dataset`,
  'datasets.index': () => 'made an index of a dataset',
  'datasets.unindex': () => 'took an index of a dataset away',
  'logs.change': logged,
  'logs.delete': ({ requests }) =>
    `deleted ${several(requests, 'request')} from the request log of a project`,
  'logs.export': () => 'exported the request log of a project',
  'members.change': ({ role, role_before: before }, target) =>
    `changed the role of ${target ?? 'a former member'} from ${word(before)} to ${word(role)}`,
  'members.remove': ({ role }, target) => `removed ${target ?? 'somebody'} (role: ${word(role)})`,
  'members.leave': ({ role }) => `left the company (role: ${word(role)})`,
  'invitations.create': ({ role, renewed }) =>
    `${renewed === true ? 'renewed the invitation of' : 'invited'} somebody as ${word(role)}`,
  'invitations.withdraw': ({ role }) => `withdrew an invitation as ${word(role)}`,
  'invitations.accept': ({ role }) => `accepted an invitation and joined as ${word(role)}`,
  'audit.export': () => 'exported the audit log',
  'account.delete': () => 'deleted their account and so left the company',
  ...SHARING_SENTENCES,
};

const FORM = new Intl.ListFormat('en-GB', { type: 'unit' });

/** An action that has no sentence here: its name and its details as they are. */
const plain = (action: string, details: Details): string => {
  const entries = Object.entries(details).map(([name, value]) => `${name}: ${String(value)}`);
  return entries.length === 0 ? action : `${action} (${FORM.format(entries)})`;
};

/** The sentence without its actor: "revoked the key “CI”". */
export const sentenceOf = ({ action, details, target }: AuditEvent, nameOf: NameOf): string => {
  const sentence = Object.hasOwn(SENTENCES, action) ? SENTENCES[action] : undefined;
  if (sentence === undefined) return plain(action, details);
  return sentence(details, target === null ? undefined : nameOf(target));
};

/** What nobody asks for, and what the command line alone can do. */
const BY_SERVER: ReadonlySet<string> = new Set([
  'keys.expose',
  'keys.failures',
  'keys.success',
  'datasets.share-over',
  'webhooks.disable',
]);
const BY_OPERATOR: ReadonlySet<string> = new Set([
  'key-reveals.create',
  'plans.change',
  'plans.give',
  'projects.limit',
]);

/** Who did it. Without an actor it was the operator's command line, or somebody whose account is erased. */
export const actorOf = ({ actor, action }: AuditEvent, nameOf: NameOf): string => {
  if (actor !== null) return actor.name ?? nameOf(actor.id) ?? 'A former member';
  if (BY_SERVER.has(action)) return 'The server';
  if (BY_OPERATOR.has(action)) return 'The operator';
  return action === 'account.delete' ? 'A former member' : 'The operator or a former member';
};
