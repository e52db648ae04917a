-- +goose Up

-- All that the message shows, so that it can say what was answered and lose those choices.
alter table offered add column shown text not null default '';

-- +goose Down
alter table offered drop column shown;
