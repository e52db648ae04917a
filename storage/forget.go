package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ginnel/bot"
)

// Forget erases everything kept about a person, with every account that is linked: what becomes of each column stands in columns.tsv. Of the organisations that nobody
// speaks for any more, those that came from a list become what the list says of them; the others leave the register with what they
// offered and needed, and their names are returned. On SQLite no word of it is left in the files once the transaction is committed
// and nobody else is reading.
func (db *DB) Forget(ctx context.Context, p bot.Speaker, now time.Time) (unlisted []string, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		db.traces.Store(true) // for the commit
		all, err := accounts(ctx, s, p)
		if err == nil {
			err = db.noteForgotten(ctx, s, all)
		}
		for _, p := range all {
			if err != nil {
				return err
			}
			var names []string
			names, err = forget(ctx, s, p, now)
			unlisted = append(unlisted, names...)
		}
		return err
	})
	return unlisted, err
}

func forget(ctx context.Context, s session, p bot.Speaker, now time.Time) (unlisted []string, err error) {
	person := []any{string(p.Network), string(p.ID)}
	all, _, err := standings(ctx, s, p)
	if err != nil {
		return nil, err
	}
	// Others may be about to be told of these.
	var gone []string
	err = s.all(ctx, &gone, `select text from ask where network = ? and person = ?`, person...)
	if err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	// Every query that run is given begins with the person.
	run := func(query string, more ...any) {
		if err == nil {
			_, err = s.exec(ctx, query, append(person[:2:2], more...)...)
		}
	}
	done := max(ms(now), 1)
	run(`delete from contact where network = ? and person = ?`)
	run(`delete from ask where network = ? and person = ?`)
	run(`delete from claim where network = ? and person = ?`)
	run(`delete from offered where network = ? and person = ?`)
	if err == nil {
		_, err = s.exec(ctx, `update offered set shown = '' where shown <> ''`)
	}
	run(`update gathering_party set assent = 'no', network = '', person = '', name = '' where network = ? and person = ?`)
	run(`delete from prompt where network = ? and person = ?`)
	run(`delete from person where network = ? and person = ?`)
	run(`delete from bundle where network = ? and person = ?`)
	run(`delete from linked where network = ? and person = ?`)
	run(`delete from link_word where network = ? and person = ?`)
	run(`delete from coordinator where network = ? and person = ?`)
	run(`update report set network = '', person = '', name = '', words = '' where network = ? and person = ?`)
	run(`update report set given_network = '', given_person = '' where given_network = ? and given_person = ?`)
	// The other side was not asked yet, and is not asked any more.
	run(`delete from prompt where about in (select 'introduction/' || cast(id as text) from introduction where state = 'open'
		and (asker_network = ? and asker_person = ? or asked_network = ? and asked_person = ?))`, person...)
	// Whoever is forgotten says yes to nothing any more; to the other side that is silence, and so the words of an open one stay
	// until it lapses.
	for _, side := range []string{"asker", "asked"} {
		run(`update introduction set ` + side + `_answer = case when state = 'open' then 'no' else ` + side + `_answer end,
			` + side + `_name = '', ` + side + `_network = '', ` + side + `_person = '',
			about = case when state = 'open' then about else '' end, reason = case when state = 'open' then reason else '' end
			where ` + side + `_network = ? and ` + side + `_person = ?`)
	}
	run(`update introduction set suggester = '', suggester_network = '', suggester_person = '',
		about = case when state = 'open' then about else '' end, reason = case when state = 'open' then reason else '' end where suggester_network = ? and suggester_person = ?`)
	if err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	home := bot.Private(p)
	home.Home = true
	// What is being sent just now is not tried again.
	_, err = s.exec(ctx, `update post set stopped = 1 where state = 'leased' and (lane in (?, ?) or `+aboutIt+`)`,
		bot.Private(p).Lane(), home.Lane(), bot.AboutPerson(p))
	if err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	_, err = skipPosts(ctx, s, done, `(lane in (?, ?) or `+aboutIt+`)`, bot.Private(p).Lane(), home.Lane(), bot.AboutPerson(p))
	if err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	if _, err := s.exec(ctx, `update post set page = '' where page = ?`, home.Lane()); err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	if err := forgetDue(ctx, s, p, done); err != nil {
		return nil, err
	}
	for _, st := range all {
		name, left, err := orphan(ctx, s, st.Organisation)
		if err != nil {
			return nil, fmt.Errorf("forget: %w", err)
		}
		if name != "" {
			unlisted = append(unlisted, name)
		}
		if left {
			gone = append(gone, st.Name)
		}
	}
	if err := forgetWaiting(ctx, s, gone, done); err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	_, err = s.exec(ctx, `insert into keep (network, name, value) values (?, ?, 'yes') on conflict (network, name) do update set value = excluded.value`, ours, keptErased)
	if err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	return unlisted, nil
}

// forgetDue erases the messages to ourselves that a person caused. What he or she said and is not handled yet goes on: it was said
// after, or is this very wish.
func forgetDue(ctx context.Context, s session, p bot.Speaker, done int64) error {
	var rows []struct {
		Key  string
		Body string
	}
	if err := s.all(ctx, &rows, `select key, body from message where state = 'open' and kind = 'due'`); err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	for _, r := range rows {
		var m bot.Message
		if err := json.Unmarshal([]byte(r.Body), &m); err != nil {
			return fmt.Errorf("message %s: %w", r.Key, err)
		}
		if m.From.ID != p.ID || m.From.Network != p.Network {
			continue
		}
		if _, err := s.exec(ctx, `update message set state = 'handled', lane = null, body = null, done = ? where key = ?`, done, r.Key); err != nil {
			return fmt.Errorf("forget: %w", err)
		}
	}
	return nil
}

// orphan deals with an organisation that may have lost its last contact, which left tells. name is what it was called when it left
// the register.
func orphan(ctx context.Context, s session, id bot.OrganisationID) (name string, left bool, err error) {
	var contacts int
	if err := s.get(ctx, &contacts, `select count(*) from contact where organisation = ?`, int64(id)); err != nil || contacts > 0 {
		return "", false, err
	}
	if err := touch(ctx, s, id); err != nil {
		return "", false, err
	}
	if err := forgetThanks(ctx, s, id); err != nil {
		return "", false, err
	}
	if _, err := s.exec(ctx, `delete from name_key where organisation = ?`, int64(id)); err != nil {
		return "", false, err
	}
	if _, err := s.exec(ctx, `delete from prompt where about = ?`, bot.AboutOrganisation(id)); err != nil {
		return "", false, err
	}
	o, err := organisation(ctx, s, id, "")
	if err != nil {
		return "", false, err
	}
	for _, query := range []string{`delete from tie where organisation = ?`, `delete from barred where organisation = ?`, `delete from drawn where organisation = ?`} {
		if _, err := s.exec(ctx, query, int64(id)); err != nil {
			return "", false, err
		}
	}
	if restored, err := restore(ctx, s, id); err != nil || restored {
		return "", true, err
	}
	_, err = s.exec(ctx, `update organisation set joined = 0, listed = 0, vouched = 0, sensitive = 0, closed = 0, closed_to = '', asks_month = 0, asks_since = '',
		asks_seen = 0, reach = '', covers = '', postcode = '', about = '', web = '', role = '', income = -1, confirmed = 0 where id = ?`, int64(id))
	if err != nil {
		return "", false, err
	}
	for _, query := range []string{`delete from entry where organisation = ?`, `delete from tie where other = ?`, `delete from barred where other = ?`} {
		if _, err := s.exec(ctx, query, int64(id)); err != nil {
			return "", false, err
		}
	}
	_, err = s.exec(ctx, forgetNames+` and id = ?`, int64(id))
	return o.Name, true, err
}

// forgetNames takes the names of organisations that left the register. Whoever was asked to meet one is still told by that name, at
// the usual time, that nothing came of it: otherwise it would show who was forgotten.
const forgetNames = `update organisation set name = '` + bot.Nameless + `', skeleton = '' where listed = 0 and ref = '' and name <> '` + bot.Nameless + `'
	and not exists (select 1 from contact c where c.organisation = organisation.id)
	and not exists (select 1 from introduction i where i.state = 'open' and (i.asker = organisation.id or i.asked = organisation.id))`

// forgetWaiting takes lines that hold one of words out of what others are about to be told unasked: their bundles, the digests, and what
// is kept for their next bundle. What is left without sense is not said at all. News of what somebody waits for stays as it is: were it
// not to come, it would show who was forgotten.
func forgetWaiting(ctx context.Context, s session, words []string, done int64) error {
	const longest = 60 // of what is quoted, so much at least is shown
	for i, w := range words {
		words[i] = string([]rune(w)[:min(len([]rune(w)), longest)])
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	if len(words) == 0 {
		return nil
	}
	holds := func(text string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	var posts []struct {
		Seq  int64
		Body string
	}
	if err := s.all(ctx, &posts, `select seq, body from post where done = 0 and state <> 'leased' and urgency = ?`, int(bot.Whenever)); err != nil {
		return err
	}
	for _, r := range posts {
		var p bot.Post
		if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
			return fmt.Errorf("post %d: %w", r.Seq, err)
		}
		reply, changed, sense := without(p.Reply, holds)
		if !changed {
			continue
		}
		if !sense {
			if _, err := skipPosts(ctx, s, done, `seq = ?`, r.Seq); err != nil {
				return err
			}
			continue
		}
		p.Reply = reply
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, `update post set body = ? where seq = ?`, string(body), r.Seq); err != nil {
			return err
		}
	}
	var prompts []struct{ Key, Body string }
	if err := s.all(ctx, &prompts, `select key, body from prompt where done = 0`); err != nil {
		return err
	}
	for _, r := range prompts {
		var p bot.Prompt
		if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
			return fmt.Errorf("prompt: %w", err)
		}
		if _, changed, _ := without(p.Reply, holds); changed {
			if _, err := s.exec(ctx, `update prompt set done = ?, body = null where key = ?`, done, r.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// without is a reply without the lines of its lists that hold something; sense is false when what holds it is more than that, or all there
// is.
func without(r bot.Reply, holds func(string) bool) (left bot.Reply, changed, sense bool) {
	sense, told := true, false
	for _, b := range r {
		switch {
		case b.List != nil:
			lines := slices.DeleteFunc(slices.Clone(b.List), func(l bot.Line) bool { return holds(l.String()) })
			changed = changed || len(lines) < len(b.List)
			if len(lines) == 0 {
				continue
			}
			b.List, told = lines, true
		case b.Line != nil && holds(b.Line.String()), b.Form != nil && holds(fmt.Sprint(*b.Form)), b.Picture != nil && holds(b.Picture.Text),
			slices.ContainsFunc(b.Choices, func(c bot.Choice) bool { return holds(c.Label) || holds(c.Say) }):
			changed, sense = true, false
		case len(b.Choices) > 0:
			told = true
		}
		left = append(left, b)
	}
	return left, changed, sense && (told || !changed)
}
