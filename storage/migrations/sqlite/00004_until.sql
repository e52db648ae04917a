-- +goose Up

-- The day for which something is asked, '' when none was named.
alter table ask add column until text not null default '';
-- Whether an organisation may be asked for today or tomorrow.
alter table organisation add column tonight smallint not null default 0 check (tonight in (0, 1));
-- When somebody who speaks for an organisation left the network, 0 when they did not.
alter table contact add column left_at bigint not null default 0;
-- Who suggested an introduction, so that it can be forgotten.
alter table introduction add column suggester_network text not null default '';
alter table introduction add column suggester_person text not null default '';

-- +goose Down
alter table introduction drop column suggester_person;
alter table introduction drop column suggester_network;
alter table contact drop column left_at;
alter table organisation drop column tonight;
alter table ask drop column until;
