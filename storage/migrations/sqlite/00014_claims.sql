-- +goose Up

-- What somebody says of a group that is not believed before others say so too.
create table claim (
	id           integer primary key autoincrement,
	kind         text not null check (kind in ('group', 'name', 'place')),
	organisation integer not null default 0,
	network      text not null,
	person       text not null,
	speaker      text not null,
	name         text not null default '',
	postcode     text not null default '',
	second       integer not null default 0,
	at           integer not null,
	unique (kind, network, person, organisation, name)
);

-- By what a name is found that could be taken for another.
create table name_key (
	key          text not null,
	organisation integer not null references organisation (id) on delete cascade,
	primary key (key, organisation)
);
create index name_key_organisation on name_key (organisation);

-- Whether somebody who may speak for all of a group said so.
alter table tie add column vouches integer not null default 1 check (vouches in (0, 1));

-- +goose Down
alter table tie drop column vouches;
drop table name_key;
drop table claim;
