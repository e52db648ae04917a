package storage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

const organisationColumns = `id, ref, name, postcode, about, web, income, role, joined, vouched, listed, sensitive, closed, closed_to, asks_month, asks_since, asks_seen, confirmed, changed, reach, suggest, tonight, covers`

type organisationRow struct {
	ID        int64
	Ref       string
	Name      string
	Postcode  string
	About     string
	Web       string
	Income    int64
	Role      string
	Joined    int
	Vouched   int
	Listed    int
	Sensitive int
	Closed    int
	ClosedTo  string `db:"closed_to"`
	AsksMonth int    `db:"asks_month"`
	AsksSince string `db:"asks_since"`
	AsksSeen  int    `db:"asks_seen"`
	Confirmed int64
	Changed   int64
	Reach     string
	Suggest   int
	Tonight   int
	Covers    string
}

func (r organisationRow) organisation() bot.Organisation {
	return bot.Organisation{
		ID: bot.OrganisationID(r.ID), Ref: r.Ref, Name: r.Name, Postcode: bot.Postcode(r.Postcode), About: r.About, Web: r.Web,
		Income: r.Income, Role: r.Role, Joined: r.Joined == 1, Vouched: r.Vouched == 1, Listed: r.Listed == 1,
		Sensitive: r.Sensitive == 1, Full: r.Closed == 1, FullUntil: fromISO(r.ClosedTo),
		AsksMonth: r.AsksMonth, AsksSince: fromISO(r.AsksSince), AsksSeen: r.AsksSeen,
		Confirmed: fromMS(r.Confirmed), Changed: r.Changed, Reach: r.Reach, Suggest: r.Suggest, Tonight: r.Tonight == 1, Covers: r.Covers,
	}
}

// values are those of organisationColumns but for id and ref.
func values(o bot.Organisation, seq int64) []any {
	return []any{
		o.Name, string(o.Postcode), o.About, o.Web, o.Income, o.Role, bit(o.Joined), bit(o.Vouched), bit(o.Listed),
		bit(o.Sensitive), bit(o.Full), o.FullUntil.ISO(), o.AsksMonth, o.AsksSince.ISO(), o.AsksSeen, ms(o.Confirmed), seq,
		clean.Fold(o.Name), o.Reach, o.Suggest, bit(o.Tonight), o.Covers,
	}
}

// AddOrganisation stores a new organisation with its first contact.
func (db *DB) AddOrganisation(ctx context.Context, o bot.Organisation, c bot.Contact) (id bot.OrganisationID, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		seq, err := change(ctx, s)
		if err != nil {
			return err
		}
		err = s.get(ctx, &id, `
			insert into organisation (name, postcode, about, web, income, role, joined, vouched, listed, sensitive, closed, closed_to, asks_month, asks_since, asks_seen, confirmed, changed, skeleton, reach, suggest, tonight, covers, ref)
			values (`+marks(23)+`) returning id`, append(values(o, seq), o.Ref)...)
		if err != nil {
			return fmt.Errorf("add organisation: %w", err)
		}
		c.Organisation = id
		return addContact(ctx, s, c)
	})
	return id, err
}

// Claim gives an organisation that nobody speaks for its first contact. bot.ErrNotFound: there is none such, or it has one.
func (db *DB) Claim(ctx context.Context, id bot.OrganisationID, c bot.Contact, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		seq, err := change(ctx, s)
		if err != nil {
			return err
		}
		if err := remember(ctx, s, id); err != nil {
			return err
		}
		n, err := s.exec(ctx, `
			update organisation set joined = 1, listed = 1, confirmed = ?, changed = ?
			where id = ? and joined = 0 and not exists (select 1 from contact where organisation = ?)`, ms(now), seq, int64(id), int64(id))
		if err != nil {
			return fmt.Errorf("claim: %w", err)
		}
		if n == 0 {
			return bot.ErrNotFound
		}
		c.Organisation = id
		return addContact(ctx, s, c)
	})
}

// Organisation is one organisation, listed or not.
func (db *DB) Organisation(ctx context.Context, id bot.OrganisationID) (bot.Organisation, error) {
	return organisation(ctx, db.reader(ctx), id, "")
}

func organisation(ctx context.Context, s session, id bot.OrganisationID, lock string) (bot.Organisation, error) {
	var row organisationRow
	if err := s.get(ctx, &row, `select `+organisationColumns+` from organisation where id = ?`+lock, int64(id)); err != nil {
		return bot.Organisation{}, fmt.Errorf("organisation %s: %w", id, err)
	}
	return row.organisation(), nil
}

// OrganisationsNamed are the listed organisations of that name, as clean.Fold sees names; when there are none, up to five
// whose names hold it.
func (db *DB) OrganisationsNamed(ctx context.Context, name string) ([]bot.Organisation, error) {
	s := db.reader(ctx)
	skeleton := clean.Fold(name)
	var rows []organisationRow
	err := s.all(ctx, &rows, `select `+organisationColumns+` from organisation where skeleton = ? and listed = 1 order by joined desc, id limit 20`, skeleton)
	if err == nil && len(rows) == 0 && len(skeleton) > 2 {
		const most = 5
		like := `%` + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(skeleton) + `%`
		err = s.all(ctx, &rows, `select `+organisationColumns+` from organisation where skeleton like ? escape '\' and listed = 1
			order by joined desc, length(skeleton), id limit ?`, like, most)
	}
	if err != nil {
		return nil, fmt.Errorf("organisations named so: %w", err)
	}
	var found []bot.Organisation
	for _, r := range rows {
		found = append(found, r.organisation())
	}
	return found, nil
}

// UpdateOrganisation changes an organisation with f, which is given it as it stands.
func (db *DB) UpdateOrganisation(ctx context.Context, id bot.OrganisationID, f func(bot.Organisation) (bot.Organisation, error)) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		seq, err := change(ctx, s)
		if err != nil {
			return err
		}
		o, err := organisation(ctx, s, id, s.engine.lockRow)
		if err != nil {
			return err
		}
		if o, err = f(o); err != nil {
			return err
		}
		_, err = s.exec(ctx, `
			update organisation set name = ?, postcode = ?, about = ?, web = ?, income = ?, role = ?, joined = ?, vouched = ?, listed = ?,
			sensitive = ?, closed = ?, closed_to = ?, asks_month = ?, asks_since = ?, asks_seen = ?, confirmed = ?, changed = ?, skeleton = ?, reach = ?, suggest = ?, tonight = ?, covers = ?
			where id = ?`, append(values(o, seq), int64(id))...)
		if err != nil {
			return fmt.Errorf("update organisation %s: %w", id, err)
		}
		return nil
	})
}

// EachChange calls f for each organisation that changed after since, in the order of change, with the
// offers and needs that stand and the help that may be told, and returns the number of the last change there is. It reads what is committed, whatever
// transaction ctx carries. From 0 on, those that cannot be found are left out.
func (db *DB) EachChange(ctx context.Context, since int64, f func(bot.Listing) error) (int64, error) {
	var seq int64
	if err := db.read.GetContext(ctx, &seq, `select seq from change`); err != nil {
		return since, fmt.Errorf("changes: %w", err)
	}
	if seq == since {
		return since, nil
	}
	helped, err := db.helped(ctx, since, seq)
	if err != nil {
		return since, err
	}
	rows, err := db.read.QueryxContext(ctx, db.engine.rebind(`
		select o.id, o.ref, o.name, o.postcode, o.about, o.web, o.income, o.role, o.joined, o.vouched, o.listed, o.sensitive, o.closed,
			o.closed_to, o.asks_month, o.asks_since, o.asks_seen, o.confirmed, o.changed, o.reach, o.suggest, o.covers,
			coalesce(e.id, 0) as entry, coalesce(e.side, '') as side, coalesce(e.text, '') as text, coalesce(e.terms, '') as terms, coalesce(e.until, '') as until,
			coalesce(e.imported, 0) as imported, coalesce(e.confirmed, 0) as entry_confirmed
		from organisation o left join entry e on e.organisation = o.id and e.gone = 0
		where o.changed > ? and o.changed <= ? order by o.changed, o.id, e.id`), since, seq)
	if err != nil {
		return since, fmt.Errorf("changes: %w", err)
	}
	defer rows.Close()
	var last *bot.Listing
	give := func() error {
		if last == nil || last.Gone && since == 0 {
			return nil
		}
		return f(*last)
	}
	for rows.Next() {
		var row struct {
			organisationRow
			Entry          int64
			Side           string
			Text           string
			Terms          string
			Until          string
			Imported       int
			EntryConfirmed int64 `db:"entry_confirmed"`
		}
		if err := rows.StructScan(&row); err != nil {
			return since, fmt.Errorf("changes: %w", err)
		}
		if last == nil || int64(last.Organisation.ID) != row.ID {
			if err := give(); err != nil {
				return since, err
			}
			last = &bot.Listing{Organisation: row.organisation(), Gone: row.Listed == 0, Helped: helped[bot.OrganisationID(row.ID)]}
		}
		if row.Entry != 0 {
			e := bot.Entry{
				ID: bot.EntryID(row.Entry), Organisation: last.Organisation.ID, Side: bot.Side(row.Side), Text: row.Text, Terms: bot.Terms(row.Terms),
				Until: fromISO(row.Until), Imported: row.Imported == 1, Confirmed: fromMS(row.EntryConfirmed),
			}
			if e.Side == bot.Offer {
				last.Offers = append(last.Offers, e)
			} else {
				last.Needs = append(last.Needs, e)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return since, fmt.Errorf("changes: %w", err)
	}
	if err := give(); err != nil {
		return since, err
	}
	return seq, nil
}

// PrivatePlaces counts the findable organisations whose place must not be found, by the letters of their postcodes.
func (db *DB) PrivatePlaces(ctx context.Context) (map[string]int, error) {
	var codes []string
	if err := db.reader(ctx).all(ctx, &codes, `select postcode from organisation where listed = 1 and sensitive = 1`); err != nil {
		return nil, fmt.Errorf("private places: %w", err)
	}
	count := map[string]int{}
	for _, c := range codes {
		count[bot.Postcode(c).Area()]++
	}
	return count, nil
}

// EachOrganisation calls f for everything in the register, findable or not, by number.
func (db *DB) EachOrganisation(ctx context.Context, f func(bot.Organisation, []bot.Entry, []bot.Contact) error) error {
	const page = 1000
	for after := int64(0); ; {
		var rows []organisationRow
		if err := db.reader(ctx).all(ctx, &rows, `select `+organisationColumns+` from organisation where id > ? order by id limit ?`, after, page); err != nil {
			return fmt.Errorf("organisations: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		first := rows[0].ID
		after = rows[len(rows)-1].ID
		entries, contacts := map[int64][]bot.Entry{}, map[int64][]bot.Contact{}
		var entryRows []entryRow
		err := db.reader(ctx).all(ctx, &entryRows, `select `+entryColumns+` from entry where organisation between ? and ? and gone = 0 order by id`, first, after)
		if err != nil {
			return fmt.Errorf("entries: %w", err)
		}
		for _, e := range entryRows {
			entries[e.Organisation] = append(entries[e.Organisation], e.entry())
		}
		var contactRows []contactRow
		err = db.reader(ctx).all(ctx, &contactRows, `
			select network, person, organisation, name, steward, since from contact where organisation between ? and ? order by since, person`, first, after)
		if err != nil {
			return fmt.Errorf("contacts: %w", err)
		}
		for _, c := range contactRows {
			contacts[c.Organisation] = append(contacts[c.Organisation], c.contact())
		}
		for _, r := range rows {
			if err := f(r.organisation(), entries[r.ID], contacts[r.ID]); err != nil {
				return err
			}
		}
	}
}
