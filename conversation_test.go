package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ginnel/bot"
	"ginnel/bot/inbox"
	"ginnel/bot/outbox"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

var update = flag.Bool("update", false, "write what the bot says into the conversations, to be read and judged")

// TestConversations plays bot/testdata/talk/*.txt through the real wiring. A conversation reads:
//
//	# what it shows
//	given organisations:
//	name,postcode,offers,needs,speaks
//	Tally Trust,QX2,help with accounts,,Tom
//
//	Amina> who can help with accounts?
//	ginnel> One group …
//	Amina in #hall> …              (said to the bot in a room; “in #hall, to others” is not)
//	ginnel to Tom> …               (to somebody else, in private)
//	(three days later)
//	(Tom leaves)                   (the network, for good)
//	(Tom edits it: …)              (what he said last; and “(Tom deletes it)”)
//	(Tom presses 1)                (of what he was offered last)
//	(Tom opens home)               (the home page, without a word)
//	(ginnel joins #hall)           (brought there by somebody; and “(ginnel leaves #hall)”)
//	ginnel, instead> …             (an earlier message of the bot's says that now)
//	given a closed room: board     (all others are open to everybody)
//	given messages that can be changed
//
// Lines that are none of these go on with the last. Whatever the bot says must stand there, in order.
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("bot/testdata/talk/*.txt")
	if err != nil || len(files) < 25 {
		t.Fatalf("found %d conversations, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			storagetest.Each(t, func(t *testing.T, url string) { playFile(t, url, file) })
		})
	}
}

func playFile(t *testing.T, url, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	talk := newConversation(t, url)
	want := strings.TrimSpace(string(text)) + "\n"
	got := talk.play(want)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-written +said):\n%s", file, diff)
	}
}

// A conversation is one conversation with the whole bot, its clock in the hands of the test.
type conversation struct {
	t     *testing.T
	url   string
	db    *storage.DB
	in    *inbox.Inbox
	out   *outbox.Outbox
	zone  *time.Location
	now   time.Time
	count int
	room  bot.Address // where the last message was said
	from  bot.Speaker
	heard []string
	said  []saying // all of it, for tests that count
	down  bool     // the second network cannot be reached

	logged bytes.Buffer                   // what the program wrote into its log
	edits  bool                           // the network can change what was said
	closed map[string]bool                // rooms that not everybody reads
	last   map[string]bot.Message         // what each person said last
	shown  map[bot.UserID]bot.MessageID   // the last message with choices for each
	offers map[bot.MessageID][]bot.Choice // of each message

	listens func(context.Context) error // learns in which rooms to listen
	carried carrier                     // nil for straight from mouth to ear
	through *throughSlack               // where people speak; nil: straight to the bot
}

// A carrier has what is said in a conversation go over a real network: bring is what its adapter brings of it, and carry
// is how whoever a post is for reads it.
type carrier interface {
	bring(name, room string, toUs bool, text string) bot.Message
	carry(p bot.Post) string
}

// A saying is a post as it was said.
type saying struct {
	at   time.Time
	post bot.Post
}

func newConversation(t *testing.T, url string, with ...func(*conversation)) *conversation {
	t.Helper()
	return newConversationAt(t, url, time.Date(2026, time.November, 23, 10, 0, 0, 123456, time.UTC), with...)
}

// newConversationAt begins at a time of its own.
func newConversationAt(t *testing.T, url string, now time.Time, with ...func(*conversation)) *conversation {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	talk := &conversation{
		t: t, zone: zone, closed: map[string]bool{}, last: map[string]bot.Message{}, shown: map[bot.UserID]bot.MessageID{},
		offers: map[bot.MessageID][]bot.Choice{}, now: now.In(zone),
	}
	for _, w := range with {
		w(talk)
	}
	talk.open(url)
	t.Cleanup(func() { talk.db.Close() })
	return talk
}

// open starts the bot on the database at url, or starts it again.
func (k *conversation) open(url string) {
	k.t.Helper()
	ctx := context.Background()
	var err error
	if k.db, err = storage.Open(ctx, url, storage.Write); err != nil {
		k.t.Fatal(err)
	}
	k.url = url
	log := slog.New(slog.NewTextHandler(io.MultiWriter(k.t.Output(), &k.logged), &slog.HandlerOptions{Level: slog.LevelWarn}))
	w, err := wire(k.db, settings{zone: k.zone, run: "Harthwaite Voluntary Action", word: func() string { return "bramble42" }}, func() time.Time { return k.now }, "talk", log)
	if err != nil {
		k.t.Fatal(err)
	}
	if err := w.startClock(ctx, k.db, k.now); err != nil {
		k.t.Fatal(err)
	}
	k.listens = w.question.Listen
	if err := k.listens(ctx); err != nil {
		k.t.Fatal(err)
	}
	if _, err := w.digest.Appoint(ctx, "plum harbour kettle"); err != nil {
		k.t.Fatal(err)
	}
	k.in, k.out = w.inbox, w.outbox
	if k.through != nil {
		k.out.Add(k.through)
	} else {
		k.out.Add(k)
	}
	k.out.Add(elsewhere{k})
}

// elsewhere is a second network, so that people of two can be introduced.
type elsewhere struct{ *conversation }

// Send says a post on the second network, unless that is down.
func (e elsewhere) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	if e.down {
		return "", bot.SendLater(errors.New("the second network is down"), time.Hour)
	}
	return e.conversation.Send(ctx, p)
}

func (elsewhere) Network() bot.Network { return "elsewhere" }

func (k *conversation) Network() bot.Network {
	if k.through != nil {
		return k.through.Network()
	}
	return "talk"
}

func (k *conversation) Run(context.Context, func(context.Context, bot.Message) error) error {
	return nil
}

func (k *conversation) Room(_ context.Context, gather string, _ []bot.UserID, _ string) (bot.RoomID, error) {
	return bot.RoomID(gather), nil
}

func (k *conversation) Send(_ context.Context, p bot.Post) (bot.MessageID, error) {
	k.count++
	id := bot.MessageID(fmt.Sprint("p", k.count))
	k.hear(id, p, "")
	return id, nil
}

// Edit makes conversation an Editor.
func (k *conversation) Edit(_ context.Context, id bot.MessageID, p bot.Post) error {
	if !k.edits {
		return bot.ErrCannotEdit
	}
	k.hear(id, p, ", instead")
	return nil
}

// hear notes what a post says in the message id.
func (k *conversation) hear(id bot.MessageID, p bot.Post, how string) {
	for _, u := range append(slices.Clone(p.Where.People), p.For) {
		if len(p.Reply.Choices()) > 0 {
			k.shown[u], k.offers[id] = id, p.Reply.Choices()
		}
	}
	who := "ginnel"
	switch {
	case p.Where.Room != "" && p.Where.Room != k.room.Room:
		who += " in #" + k.called(string(p.Where.Room), p.Where.Gather)
	case p.Where.Room == "" && (k.room.Room != "" || p.Where.Network != k.room.Network || !slices.Equal(p.Where.People, k.room.People)):
		for i, u := range p.Where.People {
			who += []string{" to ", " and "}[min(i, 1)] + k.called(string(u), "")
		}
	}
	if p.Where.Network != k.Network() && p.Where.Network != k.room.Network && p.Where.Room == "" {
		who += " on " + string(p.Where.Network)
	}
	k.said = append(k.said, saying{k.now, p})
	text := p.Reply.Plain()
	if k.carried != nil && p.Where.Network == k.Network() {
		text = k.carried.carry(p)
	}
	k.heard = append(k.heard, who+how+"> "+text)
}

// called is what people call a room or a person.
func (k *conversation) called(id, gather string) string {
	if k.through != nil {
		return k.through.called(id, gather)
	}
	return id
}

func (k *conversation) settle() string {
	k.t.Helper()
	if err := settle(context.Background(), k.in, k.out); err != nil {
		k.t.Fatal(err)
	}
	heard := strings.Join(k.heard, "\n")
	k.heard = nil
	if heard != "" {
		heard += "\n"
	}
	return heard
}

var (
	saidLine = regexp.MustCompile(`^([A-Z][\pL' -]*?)( in #([a-z]+)(, to others)?)?> (.*)$`)
	botLine  = regexp.MustCompile(`^ginnel( (to|in) [^>]+)?(, instead)?> `)
	timeLine = regexp.MustCompile(`^\((.*)\)$`)
	doesLine = regexp.MustCompile(`^\((\w+) (leaves|edits it|deletes it|presses|opens home|joins)(?:(?:: | )(.*))?\)$`)
	laterIn  = regexp.MustCompile(`^(\w+) (minute|hour|day|week|month)s? later$`)
)

// play returns the conversation as it went: what the bot says in it is what it really said.
func (k *conversation) play(script string) string {
	k.t.Helper()
	var out strings.Builder
	lines := strings.Split(strings.TrimRight(script, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		more := func() (rest []string) {
			for i+1 < len(lines) && lines[i+1] != "" && !isHead(lines[i+1]) {
				i++
				rest = append(rest, lines[i])
			}
			return rest
		}
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
			out.WriteString(line + "\n")
		case botLine.MatchString(line):
			more()
		case strings.HasPrefix(line, "given "):
			rest := more()
			out.WriteString(strings.Join(append([]string{line}, rest...), "\n") + "\n")
			k.given(strings.TrimPrefix(line, "given "), rest)
		case doesLine.MatchString(line):
			out.WriteString(line + "\n")
			did := doesLine.FindStringSubmatch(line)
			k.does(did[1], did[2], did[3])
			out.WriteString(k.settle())
		case timeLine.MatchString(line):
			out.WriteString(line + "\n")
			out.WriteString(k.until(k.later(timeLine.FindStringSubmatch(line)[1])))
		case saidLine.MatchString(line):
			rest := more()
			out.WriteString(strings.Join(append([]string{line}, rest...), "\n") + "\n")
			m := saidLine.FindStringSubmatch(line)
			k.say(m[1], m[3], m[4] == "", strings.Join(append([]string{m[5]}, rest...), "\n"))
			out.WriteString(k.settle())
		default:
			k.t.Fatalf("line %d means nothing: %s", i+1, line)
		}
	}
	return out.String()
}

func isHead(line string) bool {
	return strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "given ") || botLine.MatchString(line) || timeLine.MatchString(line) || saidLine.MatchString(line)
}

func (k *conversation) speaker(name string) bot.Speaker {
	if name, network, ok := strings.Cut(name, " on "); ok {
		return bot.Speaker{Network: bot.Network(network), ID: bot.UserID(name), Name: name}
	}
	if k.through != nil {
		return k.through.speaker(name)
	}
	return bot.Speaker{Network: "talk", ID: bot.UserID(name), Name: name}
}

func (k *conversation) given(what string, lines []string) {
	k.t.Helper()
	switch what {
	case "the sample network":
		if err := loadSample(context.Background(), k.db, k.speaker, k.now); err != nil {
			k.t.Fatal(err)
		}
	case "messages that can be changed":
		k.edits = true
	case "organisations:":
		if err := loadNetwork(context.Background(), k.db, "given", []byte(strings.Join(lines, "\n")), k.speaker, k.now); err != nil {
			k.t.Fatal(err)
		}
	case "places:":
		if err := loadPlaces(context.Background(), k.db, strings.NewReader(strings.Join(lines, "\n"))); err != nil {
			k.t.Fatal(err)
		}
	default:
		if room, ok := strings.CutPrefix(what, "a closed room: "); ok {
			k.closed[room] = true
			return
		}
		name, organisation, ok := strings.Cut(strings.TrimPrefix(what, "another contact: "), " for ")
		if !ok {
			k.t.Fatalf("given %s: no such thing", what)
		}
		found, err := k.db.OrganisationsNamed(context.Background(), organisation)
		if err != nil || len(found) != 1 {
			k.t.Fatalf("given %s: %d such, %v", what, len(found), err)
		}
		if err := k.db.AddContact(context.Background(), bot.Contact{Speaker: k.speaker(name), Organisation: found[0].ID, Since: k.now}); err != nil {
			k.t.Fatal(err)
		}
	}
}

// until lets time go by, from one thing that falls due to the next, and returns what was said meanwhile.
func (k *conversation) until(end time.Time) string {
	k.t.Helper()
	k.from, k.room = bot.Speaker{}, bot.Address{} // nobody is speaking
	heard := ""
	for {
		next, err := k.db.NextDue(context.Background(), k.now)
		if err != nil {
			k.t.Fatal(err)
		}
		if next.IsZero() || next.After(end) {
			k.now = end
			return heard + k.settle()
		}
		k.now = next
		heard += k.settle()
	}
}

func (k *conversation) later(what string) time.Time {
	k.t.Helper()
	m := laterIn.FindStringSubmatch(what)
	if m == nil {
		at, err := time.ParseInLocation("2 January 2006, 15:04", what, k.zone)
		if err != nil || at.Before(k.now) {
			k.t.Fatalf("(%s): no time to come: %v", what, err)
		}
		return at
	}
	n := slices.Index([]string{"", "one", "two", "three", "four", "five", "six", "seven"}, m[1])
	if n < 1 {
		k.t.Fatalf("(%s): how many?", what)
	}
	switch m[2] {
	case "minute":
		return k.now.Add(time.Duration(n) * time.Minute)
	case "hour":
		return k.now.Add(time.Duration(n) * time.Hour)
	case "day":
		return k.now.AddDate(0, 0, n)
	case "week":
		return k.now.AddDate(0, 0, 7*n)
	default:
		return k.now.AddDate(0, n, 0)
	}
}

// does has somebody, or the bot, do something without a word.
func (k *conversation) does(name, what, how string) {
	k.t.Helper()
	k.count++
	k.now = k.now.Add(time.Second)
	who := k.speaker(name)
	m := bot.Message{ID: bot.MessageID(fmt.Sprint("m", k.count)), From: who, Where: bot.Address{Network: who.Network}, At: k.now}
	if name == "ginnel" {
		m.Us, m.Where.Room = true, bot.RoomID(strings.TrimPrefix(how, "#"))
	}
	last := k.last[name]
	switch what {
	case "leaves":
		m.Kind = bot.Left
	case "joins":
		m.Kind = bot.Joined
	case "opens home":
		m.Kind, m.Where = bot.Opened, bot.Private(who)
	case "edits it":
		m.Kind, m.On, m.Where, m.In, m.ToUs, m.Text = bot.Edited, last.ID, last.Where, last.In, last.ToUs, how
	case "deletes it":
		m.Kind, m.On, m.Where, m.In = bot.Deleted, last.ID, last.Where, last.In
	case "presses":
		on := k.shown[who.ID]
		n, err := strconv.Atoi(how)
		if err != nil || n < 1 || n > len(k.offers[on]) {
			k.t.Fatalf("%s was not offered %s", name, how)
		}
		m.Kind, m.On, m.Pressed, m.ToUs, m.Text, m.Where = bot.Said, on, true, true, k.offers[on][n-1].Say, bot.Private(who)
	}
	k.from, k.room = who, m.Where
	if k.through != nil && who.Network == k.Network() && k.through.does(name, what, how, m) {
		return
	}
	if err := k.in.Receive(context.Background(), m); err != nil {
		k.t.Fatal(err)
	}
}

func (k *conversation) say(name, room string, toUs bool, text string) {
	k.t.Helper()
	if strings.Contains(text, `\`) {
		plain, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`)
		if err != nil {
			k.t.Fatalf("%s: %v", text, err)
		}
		text = plain
	}
	k.count++
	k.now = k.now.Add(time.Second)
	k.from = k.speaker(name)
	k.room = bot.Private(k.from)
	if room != "" {
		k.room = bot.Address{Network: k.from.Network, Room: bot.RoomID(room)}
		if k.through != nil {
			k.room.Room = bot.RoomID(k.through.channel(room).ID)
		}
	}
	m := bot.Message{
		ID: bot.MessageID(fmt.Sprint("m", k.count)), Kind: bot.Said, From: k.from, Where: k.room,
		In: bot.Setting{Open: room != "" && !k.closed[room]}, Text: text, ToUs: toUs, At: k.now,
	}
	if k.carried != nil && m.From.Network == k.Network() {
		brought := k.carried.bring(name, room, toUs, text)
		m.Text, m.ToUs = brought.Text, brought.ToUs
	}
	k.last[name] = m
	if k.through != nil && k.from.Network == k.Network() {
		k.through.say(name, room, toUs, text)
		return
	}
	if err := k.in.Receive(context.Background(), m); err != nil {
		k.t.Fatal(err)
	}
}
