-- +goose Up

-- What a list says of an organisation that somebody claimed since: when nobody speaks for it any more, it goes back to this.
create table claimed (
	organisation bigint primary key references organisation (id) on delete cascade,
	name         text not null,
	skeleton     text not null,
	postcode     text not null,
	about        text not null,
	web          text not null,
	income       bigint not null,
	role         text not null,
	sensitive    smallint not null check (sensitive in (0, 1)),
	confirmed    bigint not null
);
create table claimed_entry (
	organisation bigint not null references claimed (organisation) on delete cascade,
	side         text not null,
	skeleton     text not null,
	text         text not null,
	terms        text not null,
	until        text not null,
	rank         integer not null,
	primary key (organisation, side, skeleton)
);
-- What a group that was claimed before says is its own, but for its name and what no member can change.
insert into claimed (organisation, name, skeleton, postcode, about, web, income, role, sensitive, confirmed)
	select id, name, skeleton, '', '', '', income, '', sensitive, confirmed from organisation where joined = 1 and ref <> '';
insert into claimed_entry (organisation, side, skeleton, text, terms, until, rank)
	select e.organisation, e.side, e.skeleton, e.text, e.terms, e.until, 0 from entry e join claimed c on c.organisation = e.organisation
	where e.gone = 0 and e.imported = 1;

-- When rows of a spreadsheet came in, so that those of an import that was killed can be cleared away.
alter table staged add column at bigint not null default 0;

-- What somebody told in confidence of what is wrong.
create table report (
	id              integer primary key autoincrement,
	kind            text not null check (kind in ('report', 'complaint')),
	network         text not null,
	person          text not null,
	name            text not null,
	words           text not null,
	given_network   text not null default '',
	given_person    text not null default '',
	at              bigint not null,
	due             bigint not null,
	closed          bigint not null default 0,
	-- What is closed is erased.
	check (closed = 0 or words = '' and person = '' and name = '')
);
create index report_open on report (id) where closed = 0;

-- +goose Down
drop table report;
alter table staged drop column at;
drop table claimed_entry;
drop table claimed;
