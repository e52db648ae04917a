package talk

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// A limit is how much one person may have of what all share. Coordinators are under none.
type limit struct {
	name     string        // of its sentence, limit.<name>
	commands []string      // to which it applies; none: to every message
	most     int           // so many are answered ...
	within   time.Duration // ... in so long a time
	named    bool          // what counts is different names, not messages
	told     bool          // coordinators hear of it when somebody goes beyond
}

// limits are all of them. A person is one account. What they count is kept in memory alone, since to ask leaves nothing behind about
// who asks; so each process counts by itself, and begins anew when it starts.
var limits = []limit{
	// A tired volunteer types a few sentences a minute; two hundred in ten minutes are a program's. Since a network takes about one
	// message a second into a room, our answers alone would fill it for others.
	{name: "messages", most: 200, within: 10 * time.Minute},
	// Somebody speaks for one group, or a few. Who tries ten names is looking for whether they are listed, and perhaps for a refuge.
	{name: "names", commands: []string{"register.we", "register.list", "register.takeover"}, most: 10, within: time.Hour, named: true, told: true},
	// Each ask names groups and so spends their turn to be named, and is looked at again whenever somebody offers something.
	{name: "asks", commands: []string{"question.ask"}, most: 100, within: 24 * time.Hour},
}

// mostGroups is for how many groups one person may speak before a coordinator has to list the next: nobody should fill the register
// alone.
const mostGroups = 10

// mostTallied is how many people are counted before those who said nothing of late are left out.
const mostTallied = 10_000

// A tally counts what each person had of late. It is safe for many at once.
type tally struct {
	mu   sync.Mutex
	seen map[tallied][]counted
}

type tallied struct {
	network bot.Network
	person  bot.UserID
	limit   string
}

type counted struct {
	what string
	at   time.Time
}

// count counts what, unless it was counted before, and tells how many there are within the time of l. What is beyond the limit by more
// than one is not counted, so that who goes on is answered again when the time is over.
func (t *tally) count(l limit, who bot.Speaker, what string, now time.Time) (n int, again bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil || len(t.seen) > mostTallied {
		t.sweep(now)
	}
	k := tallied{who.Network, who.ID, l.name}
	recent := slices.DeleteFunc(t.seen[k], func(c counted) bool { return now.Sub(c.at) >= l.within })
	again = slices.ContainsFunc(recent, func(c counted) bool { return c.what == what })
	if !again {
		if len(recent) > l.most {
			t.seen[k] = recent
			return l.most + 2, false
		}
		recent = append(recent, counted{what, now})
	}
	t.seen[k] = recent
	return len(recent), again
}

// sweep leaves out who said nothing within the longest time of a limit.
func (t *tally) sweep(now time.Time) {
	if t.seen == nil {
		t.seen = map[tallied][]counted{}
	}
	const longest = 24 * time.Hour
	for k, all := range t.seen {
		if len(all) == 0 || now.Sub(all[len(all)-1].at) >= longest {
			delete(t.seen, k)
		}
	}
}

// limited tells whether a command is one too many of its speaker's, and what is said then: once, and nothing to what comes after.
func (b *Bot) limited(ctx context.Context, name string, m bot.Message, args bot.Args) (a bot.Answer, over bool, err error) {
	if args.Coordinator {
		return a, false, nil
	}
	if (name == "register.list" || name == "register.takeover") && len(args.Standings) >= mostGroups {
		return bot.Answer{Reply: bot.Lines(b.words.Line("limit.groups", "n", mostGroups))}, true, nil
	}
	for _, l := range limits {
		if name == "" && len(l.commands) > 0 || name != "" && !slices.Contains(l.commands, name) {
			continue
		}
		what := m.Key() // which may be handled again
		if name != "" {
			h := fnv.New64a() // a message may be several sentences
			h.Write([]byte(m.Text))
			what += fmt.Sprint("/", h.Sum64())
		}
		if l.named {
			what = clean.Fold(args.Text("name"))
		}
		n, _ := b.tally.count(l, m.From, what, m.At)
		if n <= l.most {
			continue
		}
		if n > l.most+1 && len(l.commands) == 0 {
			return bot.Answer{}, true, nil
		}
		a.Reply = bot.Lines(b.words.Line("limit."+l.name, "n", l.most))
		if l.told && n == l.most+1 {
			all, err := b.store.Coordinating(ctx)
			if err != nil {
				return a, true, fmt.Errorf("coordinators: %w", err)
			}
			for i, to := range all {
				a.Posts = append(a.Posts, bot.Post{
					Key: fmt.Sprintf("limit/%s/%s/%d", l.name, m.Key(), i), Where: bot.Private(to), Urgency: bot.News, About: []string{bot.AboutPerson(m.From)},
					Reply: bot.Lines(b.words.Line("limit.told", "who", m.From.Name, "n", n)),
				})
			}
		}
		return a, true, nil
	}
	return a, false, nil
}
