/** What an event of the audit log says, in words. */
import type { AuditEvent } from '../../../api/shapes.ts';

type Details = AuditEvent['details'];

/** Finds the name of a member by id; undefined for those who are gone. */
export type NameOf = (user: string) => string | undefined;

type Sentence = (details: Details, target: string | undefined) => string;

const quoted = (value: unknown, fallback: string): string =>
  typeof value === 'string' && value !== '' ? `“${value}”` : fallback;

const many = (count: unknown): string => (typeof count === 'number' ? String(count) : 'many');

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
  const others = ['scopes', 'networks', 'expires_at'].filter((part) => part in details);
  if (others.length === 0) return renamed('key')(details, target);
  const words: Readonly<Record<string, string>> = {
    scopes: `what it may do to ${quoted(details['scopes'], 'nothing')}`,
    networks:
      details['networks'] === 0
        ? 'its networks to everywhere'
        : `its networks to ${String(details['networks'])} of them`,
    expires_at:
      details['expires_at'] === null ? 'its end to never' : `its end to ${String(details['expires_at'])}`,
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

const limited: Sentence = ({ per_second: second, per_day: day }) => {
  const parts = [
    ...(typeof second === 'number' ? [`${second} requests in a second`] : []),
    ...(typeof day === 'number' ? [`${day} in a day`] : day === null ? ['any number in a day'] : []),
  ];
  return `set the limits of a project${parts.length === 0 ? '' : ` to ${parts.join(' and ')}`}`;
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
  'keys.create': ({ name }) => `made the key ${quoted(name, '')}`.trimEnd(),
  'keys.change': changeOfKey,
  'keys.expose': exposed,
  'keys.failures': ({ name, count }) =>
    `noticed ${many(count)} failed attempts in a row with the key ${quoted(name, 'of an unknown name')}`,
  'keys.success': ({ name, count }) =>
    `noticed a success with the key ${quoted(name, 'of an unknown name')} after ${many(count)} failed attempts`,
  'keys.rotate': rotated,
  'keys.revoke': ({ name }) => `revoked the key ${quoted(name, '')}`.trimEnd(),
  'domains.create': ({ origin }) => `authorised the pages of ${word(origin)}`,
  'domains.remove': ({ origin }) => `removed the domain ${word(origin)}`,
  'domains.change': ({ allow_localhost: isOn }) =>
    isOn === true ? 'let pages of localhost call' : 'stopped letting pages of localhost call',
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

/** Who did it. Without an actor it was the operator's command line, or somebody whose account is erased. */
export const actorOf = ({ actor, action }: AuditEvent, nameOf: NameOf): string => {
  if (actor !== null) return actor.name ?? nameOf(actor.id) ?? 'A former member';
  if (['keys.expose', 'keys.failures', 'keys.success'].includes(action)) return 'The server';
  return action === 'account.delete' ? 'A former member' : 'The operator or a former member';
};
