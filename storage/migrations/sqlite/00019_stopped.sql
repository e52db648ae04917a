-- +goose Up

-- Since when a person wants nothing said that does not answer him or her; 0 for who did not say so.
alter table person add column stopped bigint not null default 0;

-- +goose Down
alter table person drop column stopped;
