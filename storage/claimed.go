package storage

import (
	"context"
	"errors"
	"fmt"

	"ginnel/bot"
)

// remember keeps what a list says of an organisation that is about to be claimed.
func remember(ctx context.Context, s session, id bot.OrganisationID) error {
	_, err := s.exec(ctx, `insert into claimed (organisation, name, skeleton, postcode, about, web, income, role, sensitive, confirmed)
		select id, name, skeleton, postcode, about, web, income, role, sensitive, confirmed from organisation where id = ? and ref <> ''
		on conflict do nothing`, int64(id))
	if err == nil {
		_, err = s.exec(ctx, `insert into claimed_entry (organisation, side, skeleton, text, terms, until, rank)
			select e.organisation, e.side, e.skeleton, e.text, e.terms, e.until, row_number() over (order by e.id)
			from entry e join claimed c on c.organisation = e.organisation where e.organisation = ? and e.gone = 0 and e.imported = 1
			on conflict do nothing`, int64(id))
	}
	if err != nil {
		return fmt.Errorf("remember what the list says: %w", err)
	}
	return nil
}

// rememberStaged takes over what a newer list says of organisations that were claimed.
func rememberStaged(ctx context.Context, s session, batch string) error {
	for _, query := range []string{
		`update claimed set name = t.name, skeleton = t.skeleton, postcode = t.postcode, about = t.about, web = t.web, income = t.income, role = t.role,
			sensitive = case when t.sensitive = 1 then 1 else claimed.sensitive end
			from staged t where t.batch = ? and t.what = 'kept' and t.org = claimed.organisation`,
		`delete from claimed_entry where organisation in (select org from staged where batch = ? and what = 'kept')`,
		`insert into claimed_entry (organisation, side, skeleton, text, terms, until, rank)
			select c.organisation, e.side, e.skeleton, e.text, e.terms, e.until, e.rank
			from staged_entry e join staged t on t.batch = e.batch and t.ref = e.ref join claimed c on c.organisation = t.org
			where e.batch = ? and t.what = 'kept' on conflict do nothing`,
	} {
		if _, err := s.exec(ctx, query, batch); err != nil {
			return fmt.Errorf("remember what the list says: %w", err)
		}
	}
	return nil
}

// restore makes an organisation again what the list says of it, as if nobody had ever spoken for it: sensitive, if it was; and
// without a word of those who did. ok is false when it came from no list.
func restore(ctx context.Context, s session, id bot.OrganisationID) (ok bool, err error) {
	var listed int
	err = s.get(ctx, &listed, `select 1 from claimed where organisation = ?`, int64(id))
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	run := func(query string) {
		if err == nil {
			_, err = s.exec(ctx, query, int64(id))
		}
	}
	run(`update organisation set name = c.name, skeleton = c.skeleton, postcode = c.postcode, about = c.about, web = c.web, income = c.income, role = c.role,
		sensitive = c.sensitive, confirmed = c.confirmed, joined = 0, vouched = 0, listed = 1, closed = 0, closed_to = '', asks_month = 0, asks_since = '',
		asks_seen = 0, reach = '', suggest = 28, tonight = 0, covers = '' from claimed c where c.organisation = organisation.id and organisation.id = ?`)
	run(`delete from entry where organisation = ?`)
	run(`insert into entry (organisation, side, text, skeleton, terms, until, imported, confirmed)
		select e.organisation, e.side, e.text, e.skeleton, e.terms, e.until, 1, c.confirmed
		from claimed_entry e join claimed c on c.organisation = e.organisation where e.organisation = ? order by e.rank, e.side, e.skeleton`)
	run(`delete from claimed_entry where organisation = ?`)
	run(`delete from claimed where organisation = ?`)
	if err != nil {
		return false, fmt.Errorf("what the list says is not restored: %w", err)
	}
	return true, nil
}
