package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// Unruly is a chat network in memory, and its adapter, that can do all that a network may do, and on demand much that none
// should.
type Unruly struct {
	network bot.Network
	changed chan struct{} // closed and made anew when there is more to bring

	mu       sync.Mutex
	running  bool
	down     bool
	gone     bool
	fed      []bot.Message // what happened, in order
	acked    map[bot.MessageID]bool
	count    int
	last     bot.MessageID // what somebody said last
	said     []uttered
	rooms    map[string]bot.RoomID
	misdeeds map[Call]Misdeed
	released chan struct{}
	hanging  int
}

// uttered is one message of the bot.
type uttered struct {
	id   bot.MessageID
	key  string
	post bot.Post
}

// Call is something that the rest of the bot asks of an adapter.
type Call string

// The calls.
const (
	CallRun  Call = "Run"
	CallSend Call = "Send"
	CallEdit Call = "Edit"
	CallFind Call = "Find"
	CallRoom Call = "Room"
)

// Misdeed is what an adapter does in place of what it was asked for.
type Misdeed int

// The misdeeds.
const (
	Well   Misdeed = iota
	Hangs          // whatever its context says, until Release
	Panics         // and quotes what it was given
	Fails          // and quotes a token, an address and what it was given
	Lies           // about the id
	Loses          // does it, and answers that it does not know
	Doubts         // cannot tell, cannot edit
)

// NewUnruly makes an Unruly that behaves.
func NewUnruly(n bot.Network) *Unruly {
	return &Unruly{
		network: n, changed: make(chan struct{}), acked: map[bot.MessageID]bool{}, rooms: map[string]bot.RoomID{},
		misdeeds: map[Call]Misdeed{}, released: make(chan struct{}),
	}
}

// Misbehave has the next calls of that kind go wrong so, until it is told otherwise.
func (u *Unruly) Misbehave(c Call, how Misdeed) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.misdeeds[c] = how
	u.more()
}

// Release lets go all calls that hang.
func (u *Unruly) Release() {
	u.mu.Lock()
	defer u.mu.Unlock()
	close(u.released)
	u.released = make(chan struct{})
}

// Hanging is how many calls hang.
func (u *Unruly) Hanging() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.hanging
}

// more wakes Run. The lock is held.
func (u *Unruly) more() {
	close(u.changed)
	u.changed = make(chan struct{})
}

// Bring has Run bring m just as it is, when it is not acknowledged yet: the same twice is a twin.
func (u *Unruly) Bring(m bot.Message) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.fed = append(u.fed, m)
	u.more()
}

// Happen brings m with an id of its own, as something that happened on this network.
func (u *Unruly) Happen(m bot.Message) bot.MessageID {
	u.mu.Lock()
	u.count++
	m.ID = bot.MessageID(fmt.Sprint("m", u.count))
	m.From.Network, m.Where.Network = u.network, u.network
	if m.Kind == bot.Said {
		u.last = m.ID
	}
	u.mu.Unlock()
	u.Bring(m)
	return m.ID
}

// Last is what somebody said last.
func (u *Unruly) Last() bot.MessageID {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.last
}

// Twin brings once more what happened first, acknowledged or not.
func (u *Unruly) Twin() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.fed) > 0 {
		u.fed = append(u.fed, u.fed[0])
		delete(u.acked, u.fed[0].ID)
		u.more()
	}
}

// Down has it take nothing for a while; Gone ends it for good.
func (u *Unruly) Down(down bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.down = down
}

// Gone ends it for good.
func (u *Unruly) Gone() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.gone = true
	u.more()
}

// Said are the posts that stand there now, in order.
func (u *Unruly) Said() (posts []bot.Post) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, s := range u.said {
		posts = append(posts, s.post)
	}
	return posts
}

// Press is the message of somebody who presses the choice n, counted from 1, of what was said last.
func (u *Unruly) Press(from bot.UserID, n int) {
	u.mu.Lock()
	s := u.said[len(u.said)-1]
	u.mu.Unlock()
	u.Happen(bot.Message{
		Kind: bot.Said, From: bot.Speaker{ID: from, Name: string(from)}, Where: s.post.Where, Text: s.post.Reply.Choices()[n-1].Say,
		ToUs: true, Pressed: true, On: s.id,
	})
}

// Shown is what people can read now.
func (u *Unruly) Shown() string {
	var b strings.Builder
	for _, p := range u.Said() {
		b.WriteString(clean.Text(p.Reply.Plain()) + "\n")
	}
	return b.String()
}

// Network is the name it was given.
func (u *Unruly) Network() bot.Network { return u.network }

// Pace is none to speak of.
func (u *Unruly) Pace() bot.Pace { return bot.Pace{AtOnce: 4} }

// Ready tells whether it runs.
func (u *Unruly) Ready() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.running {
		return errors.New("not connected")
	}
	return nil
}

// misdo is what to do wrong now; quoted is what a careless error would quote.
func (u *Unruly) misdo(c Call, quoted string) (Misdeed, error) {
	u.mu.Lock()
	how, released := u.misdeeds[c], u.released
	if how == Hangs {
		u.hanging++
	}
	u.mu.Unlock()
	switch how {
	case Hangs:
		<-released
		u.mu.Lock()
		u.hanging--
		u.mu.Unlock()
		return how, errors.New("it hung for a while")
	case Panics:
		panic("xoxb-123-secret " + quoted)
	case Fails:
		return how, fmt.Errorf("post \"https://user:xoxb-123-secret@chat.example/api\": %s", quoted)
	}
	return how, nil
}

// Run brings what happens until ctx ends.
func (u *Unruly) Run(ctx context.Context, receive func(context.Context, bot.Message) error) error {
	set := func(running bool) {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.running = running
	}
	set(true)
	defer set(false)
	for from := 0; ; {
		if _, err := u.misdo(CallRun, "Amina said sorrow"); err != nil {
			return err
		}
		u.mu.Lock()
		changed, gone := u.changed, u.gone
		var m bot.Message
		found := false
		for ; from < len(u.fed) && !found; from++ {
			m, found = u.fed[from], !u.acked[u.fed[from].ID]
		}
		u.mu.Unlock()
		switch {
		case gone:
			return fmt.Errorf("account_deleted: %w", bot.ErrGone)
		case ctx.Err() != nil:
			return nil
		case found:
			if receive(ctx, m) == nil {
				u.mu.Lock()
				u.acked[m.ID] = true
				u.mu.Unlock()
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// away is why nothing can be said now.
func (u *Unruly) away(ctx context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.down:
		return bot.SendWait(errors.New("token_revoked"), 0)
	case ctx.Err() != nil:
		return bot.SendLater(ctx.Err(), 0)
	}
	return nil
}

// Send says a post.
func (u *Unruly) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	how, err := u.misdo(CallSend, p.Reply.Plain())
	if err == nil {
		err = u.away(ctx)
	}
	if err != nil {
		return "", err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if p.Where.Home {
		u.said = slices.DeleteFunc(u.said, func(s uttered) bool { return s.post.Where.Home && s.post.Where.Lane() == p.Where.Lane() })
	}
	u.count++
	id := bot.MessageID(fmt.Sprint("s", u.count))
	u.said = append(u.said, uttered{id, p.Key, p})
	switch how {
	case Lies:
		return bot.MessageID("\x00\xff" + strings.Repeat("lie", 10_000)), nil
	case Loses:
		return "", errors.New("unexpected EOF")
	}
	return id, nil
}

// Edit changes a message.
func (u *Unruly) Edit(ctx context.Context, id bot.MessageID, p bot.Post) error {
	how, err := u.misdo(CallEdit, p.Reply.Plain())
	if err == nil {
		err = u.away(ctx)
	}
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	i := slices.IndexFunc(u.said, func(s uttered) bool { return s.id == id })
	if i < 0 || how == Doubts {
		return bot.ErrCannotEdit
	}
	u.said[i].post = p
	if how == Loses {
		return errors.New("unexpected EOF")
	}
	return nil
}

// Find looks for a post.
func (u *Unruly) Find(ctx context.Context, p bot.Post) (bot.MessageID, bool, error) {
	how, err := u.misdo(CallFind, p.Reply.Plain())
	if err == nil {
		err = u.away(ctx)
	}
	if err == nil && how == Doubts {
		err = bot.ErrCannotTell
	}
	if err != nil {
		return "", false, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, s := range u.said {
		if s.key == p.Key {
			return s.id, true, nil
		}
	}
	return "", false, nil
}

// Room opens a room.
func (u *Unruly) Room(ctx context.Context, gather string, people []bot.UserID, title string) (bot.RoomID, error) {
	how, err := u.misdo(CallRoom, title)
	if err == nil {
		err = u.away(ctx)
	}
	if err != nil {
		return "", err
	}
	if how == Lies {
		return bot.RoomID("\x00" + title), nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.rooms[gather] == "" {
		u.rooms[gather] = bot.RoomID(fmt.Sprint("room", len(u.rooms), " of ", len(people)))
	}
	return u.rooms[gather], nil
}
