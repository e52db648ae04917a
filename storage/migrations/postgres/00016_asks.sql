-- +goose Up

-- Whether whoever is asked to meet about it is not to be told by whom before both said yes.
alter table ask add column nameless smallint not null default 0 check (nameless in (0, 1));

-- +goose Down
alter table ask drop column nameless;
