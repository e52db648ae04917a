-- +goose Up

-- The day for which something is asked, '' when none was named.
alter table ask add column until text not null default '';
-- Whether an organisation may be asked for today or tomorrow.
alter table organisation add column tonight smallint not null default 0 check (tonight in (0, 1));

-- +goose Down
alter table organisation drop column tonight;
alter table ask drop column until;
