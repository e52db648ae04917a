-- +goose Up

-- Help that was given is looked up by whoever gave it, and goes with either side.
create index thanks_helper on thanks (helper);
create index thanks_giver on thanks (giver);

-- How far an organisation goes to help, in its own words.
alter table organisation add column covers text not null default '';

-- The county or the city of a town, so that whoever covers it is found from there.
alter table place add column region text not null default '';

-- +goose Down
alter table place drop column region;
alter table organisation drop column covers;
drop index thanks_giver;
drop index thanks_helper;
