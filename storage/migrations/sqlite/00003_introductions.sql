-- +goose Up

-- How organisations are reached once both sides said yes, and how often they want to be suggested somebody: at most once
-- in so many days, 0 for never.
alter table organisation add column reach text not null default '';
alter table organisation add column suggest integer not null default 28 check (suggest >= 0);

-- When an offer or a need was first told; 0 for those told before anybody counted.
alter table entry add column added bigint not null default 0;

-- Two organisations on their way to each other.
create table introduction (
	id            integer primary key autoincrement,
	asker         bigint not null references organisation (id) on delete cascade,
	asked         bigint not null references organisation (id) on delete cascade,
	low           bigint not null,
	high          bigint not null,
	origin        text not null check (origin in ('asked', 'suggested', 'round')),
	about         text not null,
	reason        text not null,
	suggester     text not null default '',
	ask           bigint not null default 0,
	together      text not null default '',
	nameless      smallint not null check (nameless in (0, 1)),
	asker_answer  text not null check (asker_answer in ('waiting', 'yes', 'no', 'known')),
	asker_network text not null,
	asker_person  text not null,
	asker_name    text not null,
	asked_answer  text not null check (asked_answer in ('waiting', 'yes', 'no', 'known')),
	asked_network text not null,
	asked_person  text not null,
	asked_name    text not null,
	state         text not null check (state in ('open', 'made', 'over')),
	at            bigint not null,
	lapses        bigint not null,
	made          bigint not null default 0,
	ended         bigint not null default 0,
	check (low < high),
	check (low = asker and high = asked or low = asked and high = asker),
	-- Nobody is introduced who has not said yes.
	check (state <> 'made' or asker_answer = 'yes' and asked_answer = 'yes'),
	check (state <> 'made' or made > 0),
	check ((state = 'over') = (ended > 0))
);
create unique index introduction_open on introduction (low, high) where state = 'open';
create index introduction_asker on introduction (asker);
create index introduction_asked on introduction (asked);
create index introduction_ask on introduction (ask) where ask <> 0;
create index introduction_together on introduction (together) where together <> '';

-- Several that need the same, and may be brought together.
create table gathering (
	id     integer primary key autoincrement,
	what   text not null,
	at     bigint not null,
	lapses bigint not null,
	ended  bigint not null default 0
);
create table gathering_party (
	gathering    bigint not null references gathering (id) on delete cascade,
	organisation bigint not null references organisation (id) on delete cascade,
	network      text not null,
	person       text not null,
	name         text not null,
	assent       text not null check (assent in ('waiting', 'yes', 'no')),
	primary key (gathering, organisation)
);

-- What was said afterwards: private, and never shown about a named organisation.
create table outcome (
	introduction bigint not null references introduction (id) on delete cascade,
	organisation bigint not null,
	question     text not null,
	answer       text not null,
	at           bigint not null,
	primary key (introduction, organisation, question)
);

-- Who is never to be suggested to whom. It is nobody's business who said so, so each side stands alone.
create table barred (
	organisation bigint not null references organisation (id) on delete cascade,
	other        bigint not null references organisation (id) on delete cascade,
	at           bigint not null,
	primary key (organisation, other)
);

-- Who knows whom, as each side says it.
create table tie (
	organisation bigint not null references organisation (id) on delete cascade,
	other        bigint not null references organisation (id) on delete cascade,
	kind         text not null check (kind in ('know', 'work', 'not')),
	at           bigint not null,
	primary key (organisation, other),
	check (organisation <> other)
);

-- What is to be said to somebody unasked, when there is a bundle for it to stand in. The keys stay for ever.
create table prompt (
	key     text primary key,
	network text not null,
	person  text not null,
	rank    integer not null,
	body    text,
	about   text not null,
	ripe    bigint not null,
	until   bigint not null,
	done    bigint not null default 0,
	check ((done = 0) = (body is not null))
);
create index prompt_person on prompt (network, person) where done = 0;

-- What people chose about being spoken to unasked.
create table person (
	network     text not null,
	person      text not null,
	digest      smallint not null default 0 check (digest in (0, 1)),
	nudges      smallint not null default 1 check (nudges in (0, 1)),
	quiet_until bigint not null default 0,
	unanswered  integer not null default 0,
	primary key (network, person)
);

-- The bundles that people were sent unasked: one for each week, for ever.
create table bundle (
	id      integer primary key autoincrement,
	network text not null,
	person  text not null,
	week    text not null,
	at      bigint not null,
	unique (network, person, week)
);

-- Help that was given, as whoever got it says. It is told to others when both sides let it be.
create table thanks (
	id          integer primary key autoincrement,
	giver       bigint not null references organisation (id) on delete cascade,
	helper      bigint not null references organisation (id) on delete cascade,
	what        text not null,
	at          bigint not null,
	giver_lets  smallint not null default 0 check (giver_lets in (0, 1)),
	helper_lets smallint not null default 0 check (helper_lets in (0, 1)),
	lets_at     bigint not null default 0,
	check (giver <> helper)
);

create table coordinator (
	network text not null,
	person  text not null,
	name    text not null,
	since   bigint not null,
	primary key (network, person)
);

-- The rooms that read the digest, and the weeks in which they did: once each, for ever.
create table digest_room (
	network text not null,
	room    text not null,
	since   bigint not null,
	primary key (network, room)
);
create table digest_sent (
	network text not null,
	room    text not null,
	week    text not null,
	at      bigint not null,
	primary key (network, room, week)
);

-- The weeks whose clock has struck.
create table week (
	week text primary key,
	at   bigint not null
);

-- +goose Down
drop table week;
drop table digest_sent;
drop table digest_room;
drop table coordinator;
drop table thanks;
drop table bundle;
drop table person;
drop table prompt;
drop table tie;
drop table barred;
drop table outcome;
drop table gathering_party;
drop table gathering;
drop table introduction;
alter table entry drop column added;
alter table organisation drop column suggest;
alter table organisation drop column reach;
