package digest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ginnel/bot"
)

// The messages to ourselves of which the coordinators are told that a network cannot be reached, and can be again.
const (
	absentDue = "digest.absent"
	backDue   = "digest.back"
)

// How long what is told of a network is worth telling.
const absenceTold = 28 * 24 * time.Hour

// Absent is the message to ourselves that a network cannot be reached since a time; it is told once.
func Absent(n bot.Network, since, now time.Time) bot.Message {
	return bot.Later(absentDue, absenceKey(n, since), now, absenceText(n, since, now))
}

// Back is the message to ourselves that a network can be reached again, which it could not from since until now; it is told
// once.
func Back(n bot.Network, since, now time.Time) bot.Message {
	return bot.Later(backDue, absenceKey(n, since), now, absenceText(n, since, now))
}

func absenceKey(n bot.Network, since time.Time) string { return fmt.Sprintf("%s/%d", n, since.Unix()) }

func absenceText(n bot.Network, since, until time.Time) string {
	return fmt.Sprintf("%s %d %d", n, since.Unix(), until.Unix())
}

// absence is a network that could not be reached.
type absence struct {
	network      bot.Network
	since, until time.Time
}

func readAbsence(m bot.Message) (a absence, err error) {
	var since, until int64
	if _, err := fmt.Sscan(m.Text, &a.network, &since, &until); err != nil {
		return a, fmt.Errorf("a network's absence: %w", err)
	}
	a.since, a.until = time.Unix(since, 0), time.Unix(until, 0)
	return a, nil
}

// absent tells the coordinators on other networks that one cannot be reached. On that network nobody can be told.
func (d *Digest) absent(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	a, err := readAbsence(m)
	if err != nil {
		return bot.Answer{}, err
	}
	since := d.words.Day(bot.DateOf(a.since.In(d.zone)), args.Today)
	said := bot.Lines(d.words.Line("absent.since", "network", brand(a.network), "since", since), d.words.Line("absent.kept"), d.words.Line("absent.cure"))
	posts, err := d.coordinators(ctx, absentDue+"/"+absenceKey(a.network, a.since), m.At, said)
	return bot.Answer{Posts: slices.DeleteFunc(posts, func(p bot.Post) bool { return p.Where.Network == a.network })}, err
}

// back tells all coordinators that a network can be reached again, in place of what they were told of it before.
func (d *Digest) back(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	a, err := readAbsence(m)
	if err != nil {
		return bot.Answer{}, err
	}
	from, to := bot.DateOf(a.since.In(d.zone)), bot.DateOf(a.until.In(d.zone))
	key := "back.days"
	if from == to {
		key = "back.day"
	}
	said := bot.Lines(
		d.words.Line(key, "network", brand(a.network), "from", d.words.Day(from, args.Today), "to", d.words.Day(to, args.Today)),
		d.words.Line("back.said"), d.words.Line("back.heard"),
	)
	posts, err := d.coordinators(ctx, backDue+"/"+absenceKey(a.network, a.since), m.At, said)
	for i, p := range posts {
		posts[i].Instead = absentDue + strings.TrimPrefix(p.Key, backDue)
	}
	return bot.Answer{Posts: posts}, err
}

// leftRoom ends the digest of a room that the bot is in no more, or that is closed, and tells the coordinators so.
func (d *Digest) leftRoom(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	rooms, err := d.store.DigestRooms(ctx)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("rooms: %w", err)
	}
	if !slices.ContainsFunc(rooms, func(r bot.DigestRoom) bool { return r.Where.Network == m.Where.Network && r.Where.Room == m.Where.Room }) {
		return bot.Answer{}, nil
	}
	if err := d.store.PutDigestRoom(ctx, bot.Address{Network: m.Where.Network, Room: m.Where.Room}, false, m.At); err != nil {
		return bot.Answer{}, err
	}
	posts, err := d.coordinators(ctx, "digest.left/"+m.Key(), m.At, bot.Lines(d.words.Line("left.room"), d.words.Line("left.again")))
	return bot.Answer{Posts: posts}, err
}

// coordinators are posts that tell each coordinator something, by day. Their keys begin with key.
func (d *Digest) coordinators(ctx context.Context, key string, at time.Time, said bot.Reply) ([]bot.Post, error) {
	all, err := d.store.Coordinating(ctx)
	if err != nil {
		return nil, fmt.Errorf("coordinators: %w", err)
	}
	var posts []bot.Post
	for _, c := range all {
		posts = append(posts, bot.Post{
			Key: key + "/" + string(c.Network) + "/" + string(c.ID), Where: bot.Private(c), Reply: said,
			About: []string{bot.AboutPerson(c)}, NotAfter: at.Add(absenceTold), Daytime: true, Urgency: bot.News,
		})
	}
	return posts, nil
}

// brand is how people know a network: its kind, and which of that kind it is.
func brand(n bot.Network) string {
	kind, which, two := strings.Cut(string(n), ":")
	if kind != "" {
		kind = strings.ToUpper(kind[:1]) + kind[1:]
	}
	if !two {
		return kind
	}
	return kind + " (" + which + ")"
}
