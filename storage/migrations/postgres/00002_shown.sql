-- +goose Up

-- How often an organisation was named in answers, by month: of equal fits those come first who were shown least.
create table shown (
	organisation bigint not null references organisation (id) on delete cascade,
	month        text not null,
	n            integer not null check (n > 0),
	primary key (organisation, month)
);

-- +goose Down
drop table shown;
