-- +goose Up

-- The number of the last change to the register. Whoever changes the register takes this row first, so that
-- the order of numbers is the order of commits.
create table change (
	one integer primary key check (one = 1),
	seq bigint not null
);
insert into change (one, seq) values (1, 0);

-- What happened, once for each key, and the times that are still to come.
create table message (
	seq    integer primary key autoincrement,
	key    text not null unique,
	kind   text not null,
	state  text not null default 'open' check (state in ('open', 'handled', 'aside')),
	lane   text,
	body   text,
	due    bigint not null default 0,
	tries  integer not null default 0,
	stored bigint not null,
	done   bigint not null default 0,
	-- What is handled is erased.
	check ((state = 'open') = (body is not null)),
	check ((state = 'open') = (lane is not null)),
	check ((state = 'open') = (done = 0))
);
create index message_due on message (due, seq) where state = 'open';
create index message_lane on message (lane, seq) where state = 'open';

-- Every word that was said or is to be said.
create table post (
	seq        integer primary key autoincrement,
	key        text not null unique,
	network    text not null,
	urgency    integer not null,
	state      text not null default 'waiting' check (state in ('waiting', 'leased', 'unknown', 'sent', 'skipped', 'expired', 'dead')),
	lane       text,
	body       text,
	not_before bigint not null default 0,
	not_after  bigint not null default 0,
	due        bigint not null default 0,
	tries      integer not null default 0,
	tried      bigint not null default 0,
	owner      text not null default '',
	until      bigint not null default 0,
	message    text not null default '',
	done       bigint not null default 0,
	check ((state in ('waiting', 'leased', 'unknown')) = (body is not null)),
	check ((state in ('waiting', 'leased', 'unknown')) = (lane is not null)),
	check ((state in ('waiting', 'leased', 'unknown')) = (done = 0)),
	check ((state = 'leased') = (owner <> '')),
	check (state <> 'sent' or message <> '')
);
create index post_open on post (urgency desc, seq) where done = 0;
create index post_lane on post (lane, urgency, seq) where done = 0;

create table post_about (
	about text not null,
	post  bigint not null references post (seq) on delete cascade,
	primary key (about, post)
);
create index post_about_post on post_about (post);

-- The choices that somebody may still answer.
create table offered (
	network text not null,
	place   text not null,
	person  text not null,
	key     text not null,
	seq     bigint not null,
	choices text not null,
	until   bigint not null,
	primary key (network, person, place, key)
);

create table account (
	network text primary key,
	owner   text not null,
	until   bigint not null
);

create table keep (
	network text not null,
	name    text not null,
	value   text not null,
	primary key (network, name)
);

create table gather (
	network text not null,
	gather  text not null,
	room    text not null,
	primary key (network, gather)
);

create table organisation (
	id         integer primary key autoincrement,
	list       text not null default '',
	ref        text not null default '',
	name       text not null check (name <> ''),
	skeleton   text not null,
	postcode   text not null default '',
	about      text not null default '',
	web        text not null default '',
	income     bigint not null default -1,
	role       text not null default '',
	joined     smallint not null default 0 check (joined in (0, 1)),
	vouched    smallint not null default 0 check (vouched in (0, 1)),
	listed     smallint not null default 0 check (listed in (0, 1)),
	sensitive  smallint not null default 0 check (sensitive in (0, 1)),
	closed     smallint not null default 0 check (closed in (0, 1)),
	closed_to  text not null default '',
	asks_month integer not null default 0 check (asks_month >= 0),
	asks_since text not null default '',
	asks_seen  integer not null default 0,
	confirmed  bigint not null default 0,
	changed    bigint not null default 0
);
create unique index organisation_ref on organisation (list, ref) where ref <> '';
create index organisation_anywhere on organisation (ref) where ref <> '';
create index organisation_skeleton on organisation (skeleton);
create index organisation_changed on organisation (changed, id);

create table contact (
	network      text not null,
	person       text not null,
	organisation bigint not null references organisation (id) on delete cascade,
	name         text not null,
	steward      smallint not null check (steward in (0, 1)),
	since        bigint not null,
	primary key (network, person, organisation)
);
create index contact_organisation on contact (organisation);

-- What organisations offer and need. What a steward took back stays as a mark, so that no import brings it
-- back.
create table entry (
	id           integer primary key autoincrement,
	organisation bigint not null references organisation (id) on delete cascade,
	side         text not null check (side in ('offer', 'need')),
	text         text not null check (text <> ''),
	skeleton     text not null,
	terms        text not null check (terms in ('', 'free', 'at cost', 'charged')),
	until        text not null default '',
	imported     smallint not null check (imported in (0, 1)),
	confirmed    bigint not null,
	gone         bigint not null default 0
);
create unique index entry_standing on entry (organisation, side, skeleton) where gone = 0;
create index entry_organisation on entry (organisation);

create table ask (
	id           integer primary key autoincrement,
	organisation bigint not null default 0,
	network      text not null,
	person       text not null,
	name         text not null,
	place        text not null,
	text         text not null,
	at           bigint not null,
	found        integer not null,
	watch        smallint not null check (watch in (0, 1)),
	seen         bigint not null,
	sorted       smallint not null check (sorted in (0, 1)),
	closed       bigint not null default 0,
	-- Nobody watches for nobody, nor for what is over.
	check (watch = 0 or (organisation <> 0 and closed = 0))
);
create index ask_person on ask (network, person);
create index ask_watch on ask (id) where watch = 1;

create table place (
	outcode text not null,
	town    text not null,
	lat     real not null,
	lon     real not null,
	primary key (outcode, town)
);

-- Rows of a spreadsheet on their way in.
create table staged (
	batch     text not null,
	ref       text not null,
	line      bigint not null,
	name      text not null,
	skeleton  text not null,
	postcode  text not null,
	about     text not null,
	web       text not null,
	income    bigint not null,
	role      text not null,
	sensitive smallint not null,
	org       bigint not null default 0,
	what      text not null default '',
	primary key (batch, ref)
);
create index staged_org on staged (batch, org);
create table staged_entry (
	batch    text not null,
	ref      text not null,
	side     text not null,
	skeleton text not null,
	text     text not null,
	terms    text not null,
	until    text not null,
	rank     integer not null,
	primary key (batch, ref, side, skeleton)
);

-- +goose Down
drop table staged_entry;
drop table staged;
drop table place;
drop table ask;
drop table entry;
drop table contact;
drop table organisation;
drop table gather;
drop table keep;
drop table account;
drop table offered;
drop table post_about;
drop table post;
drop table message;
drop table change;
