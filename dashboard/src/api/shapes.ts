/** Names for the shapes that pages pass around; all of them come from the API's description. */
import type { Reply } from './client.ts';

export type Session = Reply<'session.show'>;
export type Membership = Session['memberships'][number];
export type Role = Membership['role'];
export type Factors = Reply<'factors.show'>;
export type Passkey = Factors['passkeys'][number];
export type SignedInSession = Reply<'sessions.list'>['items'][number];
export type Company = Reply<'companies.show'>;
export type Project = Reply<'projects.list'>['items'][number];
export type Key = Reply<'keys.list'>['items'][number];
export type Domain = Reply<'domains.list'>['items'][number];
export type Member = Reply<'members.list'>['items'][number];
export type Invitation = Reply<'invitations.list'>['items'][number];
export type AuditEvent = Reply<'audit.list'>['items'][number];
export type LoggedRequest = Reply<'logs.list'>['items'][number];
export type Logging = Reply<'logs.list'>['logging'];
export type Usage = Reply<'usage.show'>;
export type Finding = Reply<'usage.unusual'>['items'][number];
export type Webhook = Reply<'webhooks.list'>['items'][number];
export type Delivery = Reply<'deliveries.list'>['items'][number];
export type Receipt = Reply<'account.delete'>['receipt'];
