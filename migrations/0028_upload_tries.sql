-- How often an upload was taken up by somebody who was never heard of again. A file that ends the whole server, and not just the
-- thread that reads it, would otherwise do so at each start: after a few tries it is given up (src/datasets/uploads/limits.ts).

alter table vouchsafe.upload add column tries int4 not null default 0;
grant update (tries) on vouchsafe.upload to vouchsafe_app;
