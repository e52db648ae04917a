-- +goose Up

-- Up to when a bundle told what is new, 0 when it told nothing of that.
alter table bundle add column told bigint not null default 0;
update bundle set told = at;

-- +goose Down
alter table bundle drop column told;
