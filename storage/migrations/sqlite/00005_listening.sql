-- +goose Up

-- The rooms in which plain asks are noticed that are put to nobody, since when.
create table listening (
	network text not null,
	room    text not null,
	since   bigint not null,
	primary key (network, room)
);

-- +goose Down
drop table listening;
