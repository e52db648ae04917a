package question

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/identify"
	"ginnel/bot/overhear"
)

// listening is the message to ourselves with which a room is reminded that we read along. It comes from that room, and
// its text says since when we do.
const listening = "question.listening"

const (
	listensAgain = 90 // days after which a room is reminded
	// A reminder that could not be said for so long is left to the next.
	reminderLasts = 30 * 24 * time.Hour
	// After that others have helped, or nobody looks at the thread any more.
	offerLasts = time.Hour
	// How many characters of what was asked go into the question.
	longestHeard = 300
)

// ListeningStore is the part of the store that listening needs.
type ListeningStore interface {
	ListeningRooms(ctx context.Context) ([]bot.Address, error)
	// ListensSince is since when we listen in a room, zero when we do not.
	ListensSince(ctx context.Context, a bot.Address) (time.Time, error)
	PutListening(ctx context.Context, a bot.Address, listens bool, now time.Time) (changed bool, err error)
	Offered(ctx context.Context, where bot.Address, who bot.Speaker, now time.Time) ([]bot.Offered, error)
}

// ears are the rooms in which we listen, by their lanes. They are in memory because whatever is said to others is
// weighed before anything is written down.
type ears struct {
	rooms atomic.Pointer[map[string]bool]
}

// Listen reads in which rooms to listen. It is to be called before the first message comes, and now and then after
// that: what a coordinator said to another process is not known before.
func (q *Question) Listen(ctx context.Context) error {
	rooms, err := q.store.ListeningRooms(ctx)
	if err != nil {
		return err
	}
	heard := make(map[string]bool, len(rooms))
	for _, a := range rooms {
		heard[a.Lane()] = true
	}
	q.rooms.Store(&heard)
	return nil
}

// hears tells whether m is a plain ask where we listen. What is said within a thread is left to those who talk there.
func (q *Question) hears(m bot.Message) bool {
	rooms := q.rooms.Load()
	if rooms == nil || !(*rooms)[room(m.Where).Lane()] || m.Where.Thread != "" || m.On != "" {
		return false
	}
	what, _ := overhear.Classify(m.Text)
	return what == overhear.Ask && len(identify.Find(m.Text)) == 0
}

// room is the room of an address, whatever the thread.
func room(a bot.Address) bot.Address { return bot.Address{Network: a.Network, Room: a.Room} }

// overheard offers to look for what somebody asked of the whole room.
func (q *Question) overheard(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	since, err := q.store.ListensSince(ctx, room(m.Where))
	if err != nil || since.IsZero() {
		return bot.Answer{}, err
	}
	what, of := overhear.Classify(m.Text)
	if what != overhear.Ask {
		return bot.Answer{}, nil
	}
	look := q.words.Choice("overheard.look", "question.ask", "what", clean.Shorten(clean.OneLine(of), longestHeard))
	open, err := q.store.Offered(ctx, m.Where, m.From, m.At)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("what was offered: %w", err)
	}
	for _, o := range open {
		same := func(c bot.Choice) bool { return clean.Fold(c.Say) == clean.Fold(look.Say) }
		if slices.ContainsFunc(o.Choices, same) { // asked again, and not answered yet
			return bot.Answer{}, nil
		}
	}
	where := m.Where
	if m.In.Whispers {
		where.Only = m.From.ID
	} else if m.Begins != "" {
		where.Thread = m.Begins
	}
	return bot.Answer{Posts: []bot.Post{{
		Key: "reply/" + m.Key(), Where: where, To: m.ID, For: m.From.ID, Urgency: bot.News, Why: bot.Unprompted, NotAfter: m.At.Add(offerLasts),
		Reply: bot.Lines(q.words.Line("overheard.offer")).Choose(look), About: []string{bot.AboutPerson(m.From)},
	}}}, nil
}

// listen has us listen in a room from now on.
func (q *Question) listen(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	if !m.Where.InRoom() {
		return bot.Answer{}, q.words.Trouble("listen.private")
	}
	changed, err := q.store.PutListening(ctx, room(m.Where), true, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	if !changed {
		return bot.Answer{Reply: bot.Lines(q.words.Line("listen.already"), q.words.Line("listen.stop"))}, nil
	}
	q.hear(m.Where, true)
	return bot.Answer{
		Reply: bot.Lines(q.words.Line("listen.done"), q.words.Line("listen.keeps"), q.words.Line("listen.stop")),
		Later: []bot.Message{reminder(m.Where, m.At, m.At)},
	}, nil
}

// listenNot ends that.
func (q *Question) listenNot(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	if !m.Where.InRoom() {
		return bot.Answer{}, q.words.Trouble("listen.private")
	}
	changed, err := q.store.PutListening(ctx, room(m.Where), false, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	q.hear(m.Where, false)
	if !changed {
		return bot.Answer{Reply: bot.Lines(q.words.Line("listennot.not"))}, nil
	}
	return bot.Answer{Reply: bot.Lines(q.words.Line("listennot.done"))}, nil
}

func leftRoom(m bot.Message) bool { return m.Us && m.Where.InRoom() }

// leftRoom ends listening in a room that the bot was taken out of.
func (q *Question) leftRoom(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	q.hear(m.Where, false)
	_, err := q.store.PutListening(ctx, room(m.Where), false, m.At)
	return bot.Answer{}, err
}

// hear listens at once, or no more. Should the transaction fail, Listen puts it right.
func (q *Question) hear(a bot.Address, listens bool) {
	heard := map[string]bool{}
	if old := q.rooms.Load(); old != nil {
		maps.Copy(heard, *old)
	}
	if listens {
		heard[room(a).Lane()] = true
	} else {
		delete(heard, room(a).Lane())
	}
	q.rooms.Store(&heard)
}

// reminder is the next message to ourselves about a room after the time last. A room that stopped and began again has
// another chain of them.
func reminder(a bot.Address, since, last time.Time) bot.Message {
	at := last.AddDate(0, 0, listensAgain)
	began := strconv.FormatInt(since.UnixMilli(), 10)
	m := bot.Later(listening, string(a.Network)+"/"+string(a.Room)+"/"+began+"/"+bot.DateOf(at).ISO(), at, began)
	m.Where = room(a)
	return m
}

// remind tells a room again that we read along.
func (q *Question) remind(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	since, err := q.store.ListensSince(ctx, m.Where)
	if err != nil || strconv.FormatInt(since.UnixMilli(), 10) != m.Text {
		return bot.Answer{}, err
	}
	day := q.words.Day(bot.DateOf(since.In(q.zone)), args.Today)
	return bot.Answer{
		Posts: []bot.Post{{
			Key: string(m.ID), Where: m.Where, Daytime: true, NotAfter: m.At.Add(reminderLasts), Urgency: bot.Whenever,
			Reply: bot.Lines(q.words.Line("listen.still", "day", day), q.words.Line("listen.keeps"), q.words.Line("listen.stop")),
		}},
		Later: []bot.Message{reminder(m.Where, since, m.At)},
	}, nil
}
