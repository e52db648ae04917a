package storage

import (
	"context"
	"fmt"
	"time"

	"ginnel/bot"
)

// Between two organisations that both speak for themselves here there is a tie when both said that they know each other or
// work together; when they were introduced and at least one said that they met or are in touch, and none the contrary; and
// when one helped the other and both let it be told.
const tiesQuery = `
	select a.organisation as low, a.other as high, 'declared' as kind, case when a.at > b.at then a.at else b.at end as at
	from tie a join tie b on b.organisation = a.other and b.other = a.organisation
	where a.organisation < a.other and a.kind <> 'not' and b.kind <> 'not'
	union all
	select i.low, i.high, 'introduced', max(i.made)
	from introduction i join tie t on (t.organisation = i.low and t.other = i.high or t.organisation = i.high and t.other = i.low) and t.kind <> 'not'
	where i.made > 0 and not exists (select 1 from tie n where (n.organisation = i.low and n.other = i.high or n.organisation = i.high and n.other = i.low) and n.kind = 'not')
	group by i.low, i.high
	union all
	select case when giver < helper then giver else helper end, case when giver < helper then helper else giver end, 'helped', max(at)
	from thanks where ` + told + `
	group by 1, 2`

// Connections are what organisations have with each other of which somebody speaks for each, in the order of their numbers: a row for
// each kind that two have. Those are left out that chose to be, and sensitive ones that did not choose otherwise.
func (db *DB) Connections(ctx context.Context) (all []bot.Tie, err error) {
	var rows []struct {
		Low  int64
		High int64
		Kind string
		At   int64
	}
	err = db.reader(ctx).all(ctx, &rows, `
		select t.low, t.high, t.kind, t.at from (`+tiesQuery+`) t
		where t.low in (`+connected+`) and t.high in (`+connected+`)
		order by t.low, t.high, t.kind`)
	if err != nil {
		return nil, fmt.Errorf("ties: %w", err)
	}
	for _, r := range rows {
		all = append(all, bot.Tie{Between: [2]bot.OrganisationID{bot.OrganisationID(r.Low), bot.OrganisationID(r.High)}, Kind: bot.TieKind(r.Kind), At: fromMS(r.At)})
	}
	return all, nil
}

// connected are the organisations of which connections are shown.
const connected = `select o.id from organisation o left join drawn d on d.organisation = o.id
	where o.joined = 1 and o.listed = 1 and coalesce(d.how, case when o.sensitive = 1 then 'out' else 'named' end) <> 'out'`

// Connected are the organisations of which connections are shown, by number, and for each whether its name is.
func (db *DB) Connected(ctx context.Context) (all []bot.Organisation, named []bool, err error) {
	var rows []struct {
		organisationRow
		Named int
	}
	err = db.reader(ctx).all(ctx, &rows, `
		select `+organisationColumns+`, case when id in (select organisation from drawn where how = 'nameless') then 0 else 1 end as named
		from organisation where id in (`+connected+`) order by id`)
	if err != nil {
		return nil, nil, fmt.Errorf("connected organisations: %w", err)
	}
	for _, r := range rows {
		all, named = append(all, r.organisation()), append(named, r.Named == 1)
	}
	return all, named, nil
}

// Appearance is how an organisation chose to appear where connections are shown, "" when it did not choose.
func (db *DB) Appearance(ctx context.Context, org bot.OrganisationID) (how bot.Appearance, err error) {
	var all []string
	if err = db.reader(ctx).all(ctx, &all, `select how from drawn where organisation = ?`, int64(org)); err != nil {
		return "", fmt.Errorf("how it appears: %w", err)
	}
	for _, one := range all {
		how = bot.Appearance(one)
	}
	return how, nil
}

// PutAppearance records how an organisation wants to appear where connections are shown.
func (db *DB) PutAppearance(ctx context.Context, org bot.OrganisationID, how bot.Appearance) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into drawn (organisation, how) values (?, ?) on conflict (organisation) do update set how = excluded.how`, int64(org), string(how))
		return err
	})
}

// PutTie records what an organisation says of knowing another: know, work or not.
func (db *DB) PutTie(ctx context.Context, org, other bot.OrganisationID, kind string, vouches bool, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into tie (organisation, other, kind, vouches, at) values (?, ?, ?, ?, ?)
			on conflict (organisation, other) do update set kind = excluded.kind, at = excluded.at,
			vouches = case when excluded.vouches = 1 then 1 when excluded.kind = 'not' then 0 else tie.vouches end`,
			int64(org), int64(other), kind, bit(vouches), ms(now))
		return err
	})
}

// Vouchers are the vouched organisations of which somebody who may said that they know org, by number.
func (db *DB) Vouchers(ctx context.Context, org bot.OrganisationID) (all []bot.OrganisationID, err error) {
	err = db.reader(ctx).all(ctx, &all, `select t.organisation from tie t join organisation o on o.id = t.organisation
		where t.other = ? and t.kind <> 'not' and t.vouches = 1 and o.vouched = 1 order by t.organisation`, int64(org))
	return all, err
}
