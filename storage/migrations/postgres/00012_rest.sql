-- +goose Up

-- What did not fit into the message that offered this, for who asks for it.
alter table offered add column rest text not null default '';

-- +goose Down
alter table offered drop column rest;
