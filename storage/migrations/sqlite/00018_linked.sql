-- +goose Up

-- Accounts that are one person's, on several networks. Whatever is kept of the person stands with the one that is here.
create table linked (
	network text not null,
	person  text not null,
	who     bigint not null,
	here    smallint not null default 0 check (here in (0, 1)),
	primary key (network, person)
);
create index linked_who on linked (who);

-- A word that somebody was told on one network, to be said on another. Only its hash is kept.
create table link_word (
	word    text primary key,
	network text not null,
	person  text not null,
	name    text not null,
	until   bigint not null
);

-- +goose Down
drop table link_word;
drop table linked;
