-- +goose Up

-- Help that was given is looked up by whoever gave it, and goes with either side.
create index thanks_helper on thanks (helper);
create index thanks_giver on thanks (giver);

-- +goose Down
drop index thanks_giver;
drop index thanks_helper;
