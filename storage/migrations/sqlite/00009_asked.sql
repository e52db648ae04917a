-- +goose Up

-- Something else was said since the list was shown: only its numbers are taken for what they were.
alter table offered add column stale smallint not null default 0 check (stale in (0, 1));

-- The message that an ask came from, and whether it was put where everybody reads it.
alter table ask add column said text not null default '';
alter table ask add column public smallint not null default 0 check (public in (0, 1));
update ask set public = 1 where place like '%"Room"%' and place not like '%"Only"%';
create index ask_said on ask (network, said) where closed = 0 and said <> '';

-- +goose Down
drop index ask_said;
alter table ask drop column public;
alter table ask drop column said;
alter table offered drop column stale;
