import type { Role } from '../foundation/caller.ts';

/** Who may do what in a company: the one table that decides, and that `GET /v1/roles` and the dashboard show. */
export const PERMISSIONS = {
  'company.read': { description: 'See the company', roles: ['owner', 'admin', 'member', 'viewer'] },
  'company.leave': { description: 'Leave the company', roles: ['owner', 'admin', 'member', 'viewer'] },
  'company.change': {
    description: 'Rename the company and set where its mail goes',
    roles: ['owner', 'admin'],
  },
  'company.secure': { description: 'Require a second factor of all members', roles: ['owner'] },
  'company.export': { description: 'Export all data of the company', roles: ['owner', 'admin'] },
  'company.delete': { description: 'Delete the company', roles: ['owner'] },
  'projects.read': { description: 'See projects', roles: ['owner', 'admin', 'member', 'viewer'] },
  'projects.change': { description: 'Make and rename projects', roles: ['owner', 'admin', 'member'] },
  'projects.try': {
    description: 'Try the data APIs as a project, at its expense',
    roles: ['owner', 'admin', 'member'],
  },
  'projects.delete': { description: 'Delete projects', roles: ['owner', 'admin'] },
  'keys.read': {
    description: 'See keys, never their secrets',
    roles: ['owner', 'admin', 'member', 'viewer'],
  },
  'keys.change': { description: 'Make, rename, rotate and revoke keys', roles: ['owner', 'admin', 'member'] },
  'keys.reveal': {
    description: 'Make a new secret with a link that the operator sent',
    roles: ['owner', 'admin'],
  },
  'domains.read': {
    description: 'See authorised domains and how often their pages call',
    roles: ['owner', 'admin', 'member', 'viewer'],
  },
  'domains.change': { description: 'Add and remove authorised domains', roles: ['owner', 'admin', 'member'] },
  'logs.read': { description: 'See and export logged requests', roles: ['owner', 'admin', 'member'] },
  'logs.change': {
    description: 'Turn the request log of a project on and off, and empty it',
    roles: ['owner', 'admin'],
  },
  'webhooks.read': {
    description: 'See webhooks and what became of their messages',
    roles: ['owner', 'admin', 'member'],
  },
  'webhooks.change': {
    description: 'Make, change and remove webhooks, and send messages again',
    roles: ['owner', 'admin'],
  },
  'datasets.read': {
    description: 'See datasets that the company or somebody shares with them',
    roles: ['owner', 'admin', 'member', 'viewer'],
  },
  'datasets.make': {
    description: 'Make datasets, and change and share their own',
    roles: ['owner', 'admin', 'member'],
  },
  'datasets.settings': {
    description: 'Set whether datasets may be shared outside, and whether reads are logged',
    roles: ['owner'],
  },
  'usage.read': { description: 'See how much was used', roles: ['owner', 'admin', 'member', 'viewer'] },
  'members.read': {
    description: 'See members and invitations',
    roles: ['owner', 'admin', 'member', 'viewer'],
  },
  'members.invite': { description: 'Invite members', roles: ['owner', 'admin'] },
  'members.change': { description: 'Change roles and remove members', roles: ['owner', 'admin'] },
  'audit.read': { description: 'See and export the audit log', roles: ['owner', 'admin'] },
} as const satisfies Readonly<
  Record<string, { readonly description: string; readonly roles: readonly Role[] }>
>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether a role has a permission. */
export const may = (role: Role, permission: Permission): boolean =>
  (PERMISSIONS[permission].roles as readonly Role[]).includes(role);

/**
 * Whether a member with role `actor` may give somebody the role `to` who has the role `from` now (undefined: is not a
 * member yet; `to` undefined: is removed). Only owners touch owners: an admin could make themselves one otherwise.
 */
export const mayChangeRole = (actor: Role, from: Role | undefined, to: Role | undefined): boolean => {
  if (!may(actor, 'members.change')) return false;
  return actor === 'owner' || (from !== 'owner' && to !== 'owner');
};
