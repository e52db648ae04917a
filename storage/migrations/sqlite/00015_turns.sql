-- +goose Up

-- Who said a message, and how many of theirs were waiting when it came: so many turns others may have first.
alter table message add column sender text not null default '';
alter table message add column turn bigint not null default 0;
create index message_sender on message (sender, turn) where state = 'open' and sender <> '';
create index message_turn on message (turn, seq) where state = 'open' and due = 0;

-- +goose Down
drop index message_turn;
drop index message_sender;
alter table message drop column turn;
alter table message drop column sender;
