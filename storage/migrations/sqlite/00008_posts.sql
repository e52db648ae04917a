-- +goose Up

-- The key of the post that another replaces, and whose home page a post draws; '' for most.
alter table post add column instead text not null default '';
alter table post add column page text not null default '';
create index post_page on post (page) where page <> '';
-- Which post a message shows.
create index post_message on post (network, message) where message <> '';

-- What a network's adapter remembers cannot be taken for what we do.
update keep set network = 'network/' || network where network not in ('', 'settings', 'sample');

-- No message of a network can be taken for a time.
update message set key = '@' || key where kind not in ('due', 'failed');

-- +goose Down
update message set key = substr(key, 2) where kind not in ('due', 'failed');
update keep set network = substr(network, 9) where network like 'network/%';
drop index post_message;
drop index post_page;
alter table post drop column page;
alter table post drop column instead;
