package storage

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
)

//go:embed retention.tsv
var retentionTable string

// A Period is a line of the retention table: how long one kind of thing is kept after it is over, and why.
type Period struct {
	Kind   string
	Days   int // -1: until the reason ends it
	Tables []string
	Why    string
}

// Periods are the lines of the retention table, in the order in which they are kept to.
func Periods() []Period {
	var all []Period
	for line := range strings.Lines(retentionTable) {
		fields := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(fields) != 4 || fields[0] == "kind" {
			continue
		}
		days, err := strconv.Atoi(fields[1])
		if err != nil {
			days = -1
		}
		all = append(all, Period{Kind: fields[0], Days: days, Tables: strings.Fields(fields[2]), Why: fields[3]})
	}
	return all
}

// A rule says what is over and since when, and what becomes of it.
type rule struct {
	from   string // a table
	where  string
	since  string // when a row was over, in milliseconds; atOnce when it has no date
	months bool   // since is the name of a month
	do     string // the beginning of a statement that goes on with where; %d is now
	act    func(ctx context.Context, s session, where string, cutoff any, now int64) error
}

const notNewest = ` and exists (select 1 from digest_sent n where n.network = digest_sent.network and n.room = digest_sent.room and n.at > digest_sent.at)`

// An ended introduction counts from its end, one that was made from when it was.
const introductionOver = `case when state = 'made' then made else ended end`

var rules = map[string][]rule{
	"said":    {{from: "message", where: `state <> 'open' and kind <> 'due'`, since: "done", do: "delete from message"}},
	"due":     {{from: "message", where: `state <> 'open' and kind = 'due'`, since: "done", do: "delete from message"}},
	"replies": {{from: "post", where: `done > 0 and key like 'reply/%'`, since: "done", do: "delete from post"}},
	"posts":   {{from: "post", where: `done > 0`, since: "done", do: "delete from post"}},
	// What was said in time and still waits may mean one of them.
	"choices": {{
		from: "offered", where: `not exists (select 1 from message m where m.state = 'open' and m.lane = offered.place)`,
		since: "until", do: "delete from offered",
	}},
	"unsaid":  {{from: "prompt", where: "done = 0", since: "until", do: "update prompt set done = %d, body = null"}},
	"prompts": {{from: "prompt", where: "done > 0", since: "done", do: "delete from prompt"}},
	"bundles": {{from: "bundle", where: "true", since: "at", do: "delete from bundle"}},
	"weeks": {
		{from: "week", where: "true", since: "at", do: "delete from week"},
		{from: "digest_sent", where: "true" + notNewest, since: "at", do: "delete from digest_sent"},
	},
	"asks open":    {{from: "ask", where: "closed = 0 and watch = 0", since: "at", do: "update ask set closed = %d"}},
	"asks waiting": {{from: "ask", where: "closed = 0 and watch = 1", since: "at", do: "update ask set closed = %d, watch = 0"}},
	"asks":         {{from: "ask", where: "closed > 0", since: "closed", do: "delete from ask"}},
	"introductions words": {{
		from: "introduction", where: `state <> 'open' and about || reason || suggester || suggester_person <> ''`, since: introductionOver,
		do: `update introduction set about = '', reason = '', suggester = '', suggester_network = '', suggester_person = ''`,
	}},
	"introductions forgotten": {{
		from: "introduction", since: atOnce, do: `update introduction set about = '', reason = ''`,
		where: `state <> 'open' and about || reason <> '' and (asker_person = '' or asked_person = '' or origin = 'suggested' and suggester_person = '')`,
	}},
	"introductions over":  {{from: "introduction", where: `state = 'over' and asker_person || asked_person <> ''`, since: "ended", do: forgetParties}},
	"introductions made":  {{from: "introduction", where: `state = 'made' and asker_person || asked_person <> ''`, since: "made", do: forgetParties}},
	"introductions ended": {{from: "introduction", where: `state = 'over'`, since: "ended", do: "delete from introduction"}},
	"introductions":       {{from: "introduction", where: `state = 'made'`, since: "made", do: "delete from introduction"}},
	"outcomes":            {{from: "outcome", where: "true", since: "at", do: "delete from outcome"}},
	"gatherings words": {
		{from: "gathering", where: `what <> ''`, since: gatheringOver, do: "update gathering set what = ''"},
		{
			from: "gathering_party", where: `person <> ''`, since: `(select ` + gatheringOver + ` from gathering g where g.id = gathering_party.gathering)`,
			do: `update gathering_party set network = '', person = '', name = ''`,
		},
	},
	"gatherings": {{from: "gathering", where: "true", since: gatheringOver, do: "delete from gathering"}},
	"rooms": {{
		from: "gather", since: atOnce, do: "delete from gather",
		where: `(gather like 'introduction/%' and not exists (select 1 from introduction i where gather.gather = 'introduction/' || cast(i.id as text))
			or gather like 'gathering/%' and not exists (select 1 from gathering g where gather.gather = 'gathering/' || cast(g.id as text)))`,
	}},
	"thanks": {{from: "thanks", where: "giver_lets + helper_lets < 2", since: "at", do: "delete from thanks"}},
	"thanks told": {{
		from: "thanks", where: told, since: "lets_at",
		act: func(ctx context.Context, s session, where string, cutoff any, _ int64) error {
			if err := touchHelpers(ctx, s, where, cutoff); err != nil {
				return err
			}
			_, err := s.exec(ctx, "delete from thanks where "+where, cutoff)
			return err
		},
	}},
	"shown": {{from: "shown", where: "true", since: "month", months: true, do: "delete from shown"}},
	"taken back": {{
		from: "entry", since: "gone", do: "delete from entry",
		where: `gone > 0 and not exists (select 1 from claimed_entry c where c.organisation = entry.organisation and c.side = entry.side and c.skeleton = entry.skeleton)`,
	}},
	"left": {{from: "contact", where: "left_at > 0", since: "left_at", act: forgetLeft}},
	"unlisted": {{
		from: "organisation", where: strings.SplitN(forgetNames, " where ", 2)[1], since: atOnce,
		do: strings.SplitN(forgetNames, " where ", 2)[0],
	}},
	"gone": {{
		from: "organisation", since: atOnce, do: "delete from organisation",
		where: `listed = 0 and ref = '' and name = '` + bot.Nameless + `' and not exists (select 1 from contact c where c.organisation = organisation.id)
			and not exists (select 1 from introduction i where i.asker = organisation.id or i.asked = organisation.id)
			and not exists (select 1 from gathering_party p where p.organisation = organisation.id)`,
	}},
	"claims":     {{from: "claim", where: "true", since: "at", do: "delete from claim"}},
	"link words": {{from: "link_word", where: "true", since: "until", do: "delete from link_word"}},
	"reports":    {{from: "report", where: "closed > 0", since: "closed", do: "delete from report"}},
	"staged": {
		{from: "staged_entry", where: `true`, since: `coalesce((select max(s.at) from staged s where s.batch = staged_entry.batch), 0)`, do: "delete from staged_entry"},
		{from: "staged", where: "true", since: "at", do: "delete from staged"},
	},
}

const (
	gatheringOver = `case when ended > 0 then ended else lapses end`
	atOnce        = `cast(0 as bigint)`
	forgetParties = `update introduction set asker_network = '', asker_person = '', asker_name = '', asked_network = '', asked_person = '', asked_name = ''`
)

// forgetLeft forgets everybody who left the network and did not come back.
func forgetLeft(ctx context.Context, s session, where string, cutoff any, now int64) error {
	var rows []struct{ Network, Person string }
	if err := s.all(ctx, &rows, `select distinct network, person from contact where `+where, cutoff); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := forget(ctx, s, bot.Speaker{Network: bot.Network(r.Network), ID: bot.UserID(r.Person)}, fromMS(now)); err != nil {
			return err
		}
	}
	return nil
}

// over is true of the rows that were over before a cutoff, the one argument.
func (r rule) over() string { return r.where + ` and ` + r.since + ` < ?` }

func (r rule) cutoff(now time.Time, days int) any {
	at := now.AddDate(0, 0, -days)
	if r.months {
		return month(at)
	}
	return ms(at)
}

// Overdue is what has been kept for longer than the retention table says.
type Overdue struct {
	Period
	Rows  int64
	Since time.Time // since when the one that waits longest should be gone; zero when it has no date
}

// Overdue counts what Tidy would erase at now, kind by kind, and changes nothing.
func (db *DB) Overdue(ctx context.Context, now time.Time) ([]Overdue, error) {
	s := db.reader(ctx)
	var all []Overdue
	for _, p := range Periods() {
		o := Overdue{Period: p}
		for _, r := range rules[p.Kind] {
			first := r.since
			if r.months {
				first = "0"
			}
			var row struct{ N, First int64 }
			query := fmt.Sprintf(`select count(*) as n, coalesce(min(%s), 0) as first from %s where %s`, first, r.from, r.over())
			if err := s.get(ctx, &row, query, r.cutoff(now, p.Days)); err != nil {
				return nil, fmt.Errorf("what is overdue of %s: %w", p.Kind, err)
			}
			o.Rows += row.N
			if due := fromMS(row.First).AddDate(0, 0, p.Days); row.First > 0 && (o.Since.IsZero() || due.Before(o.Since)) {
				o.Since = due
			}
		}
		all = append(all, o)
	}
	return all, nil
}

// OverdueFor is how long the oldest of what should have been erased by now has been waiting for that, 0 when nothing has.
func (db *DB) OverdueFor(ctx context.Context, now time.Time) (time.Duration, error) {
	all, err := db.Overdue(ctx, now)
	var longest time.Duration
	for _, o := range all {
		if o.Rows > 0 && !o.Since.IsZero() {
			longest = max(longest, now.Sub(o.Since))
		}
	}
	return longest, err
}

// Tidy erases what has been kept for as long as the retention table says. Each kind is a transaction of its own, so nobody waits long.
// Once a day, and after somebody was forgotten, a SQLite database is also written anew, which takes some seconds when the register is large.
func (db *DB) Tidy(ctx context.Context, now time.Time) error {
	for _, p := range Periods() {
		for _, r := range rules[p.Kind] {
			err := db.inTx(ctx, func(ctx context.Context, s session) error {
				cutoff, at := r.cutoff(now, p.Days), max(ms(now), 1)
				if r.act != nil {
					return r.act(ctx, s, r.over(), cutoff, at)
				}
				_, err := s.exec(ctx, strings.ReplaceAll(r.do, "%d", strconv.FormatInt(at, 10))+" where "+r.over(), cutoff)
				return err
			})
			if err != nil {
				return fmt.Errorf("what is kept too long of %s: %w", p.Kind, err)
			}
		}
	}
	return db.erase(ctx, now)
}
