-- +goose Up

-- Whether a post is not to be said any more, once it is known that it was not.
alter table post add column stopped smallint not null default 0 check (stopped in (0, 1));

-- +goose Down
alter table post drop column stopped;
