-- +goose Up

-- How an organisation chose to appear where the network's connections are shown: with its name, without, or not at all.
create table drawn (
	organisation bigint primary key references organisation (id) on delete cascade,
	how          text not null check (how in ('named', 'nameless', 'out'))
);

-- +goose Down
drop table drawn;
