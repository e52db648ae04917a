package storage

import (
	"context"
	"fmt"
	"strconv"

	"ginnel/bot"
)

// keptNamed is up to which change the keys of names are written.
const keptNamed = "named, with first words"

// OrganisationsAlike are the listed organisations that have one of lookups among the keys of their names, by number, at most 200. keys
// makes those of a name: it is called for each that changed since the last time, which for a whole register takes some seconds.
func (db *DB) OrganisationsAlike(ctx context.Context, lookups []string, keys func(name string) []string) (found []bot.Organisation, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		if err := writeKeys(ctx, s, keys); err != nil {
			return err
		}
		args := make([]any, len(lookups))
		for i, l := range lookups {
			args[i] = l
		}
		if len(args) == 0 {
			return nil
		}
		var rows []organisationRow
		const most = 200
		err := s.all(ctx, &rows, `select `+organisationColumns+` from organisation where listed = 1 and id in
			(select organisation from name_key where key in (`+marks(len(args))+`)) order by id limit `+strconv.Itoa(most), args...)
		for _, r := range rows {
			found = append(found, r.organisation())
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("organisations of a name like it: %w", err)
	}
	return found, nil
}

// WriteNameKeys writes what OrganisationsAlike would otherwise have to write first, so that nobody waits for it.
func (db *DB) WriteNameKeys(ctx context.Context, keys func(name string) []string) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error { return writeKeys(ctx, s, keys) })
}

// writeKeys writes the keys of the names that changed. A change that is not committed yet has a number above all that are, so none is
// passed over.
func writeKeys(ctx context.Context, s session, keys func(name string) []string) error {
	var since int64
	err := s.get(ctx, &since, `select cast(coalesce(max(value), '0') as bigint) from keep where network = ? and name = ?`, ours, keptNamed)
	if err != nil {
		return err
	}
	const page = 1000
	for {
		var rows []struct {
			ID      int64
			Name    string
			Listed  int
			Changed int64
		}
		// All of one change, since an import gives many the same number.
		err := s.all(ctx, &rows, `select id, name, listed, changed from organisation where changed > ? and changed <=
			(select max(changed) from (select changed from organisation where changed > ? order by changed, id limit `+strconv.Itoa(page)+`) as next) order by changed, id`, since, since)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			if _, err := s.exec(ctx, `delete from name_key where organisation = ?`, r.ID); err != nil {
				return err
			}
			if r.Listed == 0 {
				continue
			}
			for _, k := range keys(r.Name) {
				if _, err := s.exec(ctx, `insert into name_key (key, organisation) values (?, ?) on conflict do nothing`, k, r.ID); err != nil {
					return err
				}
			}
		}
		since = rows[len(rows)-1].Changed
		_, err = s.exec(ctx, `insert into keep (network, name, value) values (?, ?, ?) on conflict (network, name) do update set value = excluded.value`,
			ours, keptNamed, strconv.FormatInt(since, 10))
		if err != nil {
			return err
		}
	}
}
