-- Whoever runs the installation may invite as well, so that a company without an owner, or with one who cannot get in any
-- more, gets one. Their invitations name no user, as do those of users who are gone since; only the latter are void.
alter table vouchsafe.invitation
  add column by_operator boolean not null default false,
  add constraint invitation_by_one check (not (by_operator and invited_by is not null));
