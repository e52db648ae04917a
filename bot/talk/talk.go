package talk

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/danger"
	"ginnel/bot/language"
	"ginnel/bot/language/intent"
)

//go:embed words
var files embed.FS

// verb is the name of this room in the word files.
const verb = "talk"

// Words are what Handle itself says and understands.
var Words = language.WordFiles{Verb: verb, Files: files}

// Store is what Handle itself needs remembered.
type Store interface {
	// Offered returns what who may still answer at where, newest first.
	Offered(ctx context.Context, where bot.Address, who bot.Speaker, now time.Time) ([]bot.Offered, error)
	// OfferedOn returns what who may still answer of one message; ours is false when it is no message of ours.
	OfferedOn(ctx context.Context, who bot.Speaker, on bot.MessageID, now time.Time) (offered []bot.Offered, ours bool, err error)
	// Standings returns the organisations that s speaks for, by name.
	Standings(ctx context.Context, s bot.Speaker) ([]bot.Standing, error)
	// Coordinator tells whether s looks after the network.
	Coordinator(ctx context.Context, s bot.Speaker) (bool, error)
	// Coordinating are those who look after the network.
	Coordinating(ctx context.Context) ([]bot.Speaker, error)
	// Heard is told that s spoke to us.
	Heard(ctx context.Context, s bot.Speaker) error
}

// Bot handles messages.
type Bot struct {
	book     *language.Book
	words    language.Words
	store    Store
	zone     *time.Location
	settings Settings
	reader   *intent.Reader
	commands []bot.Command
	named    map[string]*bot.Command
	kinds    map[bot.Kind][]*bot.Command
	tally    tally
}

// Settings are how a Bot is set up.
type Settings struct {
	Zone    *time.Location // where days begin for the people of the network
	Run     string         // who runs it, as people read it
	Country string         // whose help lines are told, as two letters; "" is the United Kingdom
	Keep    bot.Keep       // what the coordinator set, and who was asked whether somebody is in danger
}

// New makes a Bot of the commands of all verbs.
// It refuses a command without a role, without a name of its own, or without phrases when it is for
// typing, and phrases without a command.
func New(book *language.Book, store Store, settings Settings, commands ...bot.Command) (*Bot, error) {
	b := &Bot{book: book, words: book.Of(verb), store: store, settings: settings, reader: reader(), zone: settings.Zone, named: map[string]*bot.Command{}, kinds: map[bot.Kind][]*bot.Command{}}
	b.commands = append(slices.Concat(commands, b.events()),
		bot.Command{Name: "talk.help", Role: bot.Anyone, Handle: b.help},
		bot.Command{Name: "talk.more", Role: bot.Anyone, Quiet: true, Handle: b.more},
		bot.Command{Name: "talk.hello", Role: bot.Anyone, Quiet: true, Handle: b.small("hello")},
		bot.Command{Name: "talk.thanks", Role: bot.Anyone, Quiet: true, Handle: b.small("thanks")},
		bot.Command{Name: "talk.home", Role: bot.Anyone, Quiet: true, Private: true, Handle: b.home},
		bot.Command{Name: "talk.line", Role: bot.Coordinator, Private: true, Unread: true, Handle: b.setLine},
		bot.Command{Name: "talk.noline", Role: bot.Coordinator, Private: true, Quiet: true, Handle: b.noLine},
		bot.Command{Name: "talk.nodanger", Role: bot.Anyone, Private: true, Quiet: true, Handle: b.noDanger},
		bot.Command{Name: "talk.indanger", Role: bot.Anyone, Private: true, Quiet: true, Handle: b.inDanger},
		bot.Command{Name: "talk.else", Role: bot.Anyone, Quiet: true, Handle: b.somethingElse},
		bot.Command{Name: "talk.rest", Role: bot.Anyone, Quiet: true, Handle: b.rest},
		bot.Command{Name: forCommand, Role: bot.Anyone, Quiet: true, Handle: func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
			return b.forOne(ctx, m, args, heard{})
		}},
		bot.Command{Name: asItIsCommand, Role: bot.Anyone, Quiet: true, Handle: func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
			return b.asItIs(ctx, m, args, heard{})
		}},
	)
	for i := range b.commands {
		c := &b.commands[i]
		if c.Kind == "" {
			c.Kind = bot.Said
		}
		ours := bot.Message{Kind: c.Kind}.Ours()
		switch {
		case c.Role == 0:
			return nil, fmt.Errorf("command %s names no role", c.Name)
		case c.Handle == nil && c.Steps == nil:
			return nil, fmt.Errorf("command %s does nothing", c.Name)
		case c.Steps != nil && (c.Handle != nil || c.Kind != bot.Due):
			return nil, fmt.Errorf("command %s goes in steps, so it is for a time that has come, and has no other handler", c.Name)
		case b.named[c.Name] != nil:
			return nil, fmt.Errorf("two commands are called %s", c.Name)
		case c.Kind == bot.Said && c.Hears == nil && !slices.Contains(book.Understood(), c.Name):
			return nil, fmt.Errorf("nothing leads to command %s", c.Name)
		}
		b.named[c.Name] = c
		if c.Kind != bot.Said && !ours {
			b.kinds[c.Kind] = append(b.kinds[c.Kind], c)
		}
	}
	for _, name := range book.Understood() {
		if b.named[name] == nil {
			return nil, fmt.Errorf("phrases lead to %s, which is no command", name)
		}
	}
	return b, nil
}

// reader learns nothing more once it is made, so one will do for all.
var reader = sync.OnceValue(intent.New)

// Wants tells whether m is for us. Nothing else is ever written down.
func (b *Bot) Wants(m bot.Message) bool {
	switch m.Kind {
	case bot.Said:
		return m.ToUs || b.hearer(m) != nil
	default:
		return len(b.unsaid(m)) > 0
	}
}

// hearer finds the command for what was said in a room and not to us, nil when there is none.
func (b *Bot) hearer(m bot.Message) *bot.Command {
	if m.Where.Room == "" || m.Where.IsPrivate() {
		return nil
	}
	i := slices.IndexFunc(b.commands, func(c bot.Command) bool { return c.Kind == bot.Said && c.Hears != nil && c.Hears(m) })
	if i < 0 {
		return nil
	}
	return &b.commands[i]
}

// unsaid finds the commands for what nobody typed.
func (b *Bot) unsaid(m bot.Message) []*bot.Command {
	if m.Ours() {
		if c := b.named[m.For]; c != nil && c.Kind == m.Kind {
			return []*bot.Command{c}
		}
		return nil
	}
	return slices.DeleteFunc(slices.Clone(b.kinds[m.Kind]), func(c *bot.Command) bool { return c.Hears != nil && !c.Hears(m) })
}

// happened has all commands answer what nobody typed.
func (b *Bot) happened(ctx context.Context, m bot.Message) (whole bot.Answer, err error) {
	m.From.Name = clean.OneLine(m.From.Name)
	for _, c := range b.unsaid(m) {
		if c.Steps != nil {
			return bot.Answer{}, fmt.Errorf("%s goes in steps", c.Name)
		}
		a, err := c.Handle(ctx, m, bot.Args{Today: b.today(m)})
		if err != nil {
			return bot.Answer{}, err
		}
		whole = together(whole, a)
	}
	return whole, nil
}

// together is two answers in one. What both say in one post is said in one; a reply that both give is given once.
func together(a, b bot.Answer) bot.Answer {
	if a.Reply.Plain() != b.Reply.Plain() {
		a.Reply = append(a.Reply, b.Reply...)
	}
	for _, p := range b.Posts {
		if i := slices.IndexFunc(a.Posts, func(q bot.Post) bool { return q.Key == p.Key }); i >= 0 {
			a.Posts[i].Reply = append(a.Posts[i].Reply, p.Reply...)
		} else {
			a.Posts = append(a.Posts, p)
		}
	}
	a.Later = append(a.Later, b.Later...)
	return a
}

// Steps is how a message that takes long is handled; nil for all others, which are Handle's.
func (b *Bot) Steps(m bot.Message) func(context.Context) ([]bot.Step, error) {
	c := b.named[m.For]
	if m.Kind != bot.Due || c == nil || c.Steps == nil {
		return nil
	}
	return func(ctx context.Context) ([]bot.Step, error) { return c.Steps(ctx, m) }
}

// Handle answers one message. It runs inside the handling transaction; see Handler.
func (b *Bot) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	a, err := b.handle(ctx, m)
	return b.fit(a), err
}

func (b *Bot) handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	if m.Kind != bot.Said {
		return b.happened(ctx, m)
	}
	if !m.ToUs {
		// Somebody who talks to others has said nothing to us, and is told of no trouble either.
		c := b.hearer(m)
		if c == nil {
			return bot.Answer{}, nil
		}
		m.From.Name = clean.OneLine(m.From.Name)
		return c.Handle(ctx, m, bot.Args{Today: b.today(m)})
	}
	if a, ok, err := b.careful(ctx, m); ok || err != nil {
		return a, err
	}
	if utf8.RuneCountInString(m.Text) > bot.LongestMessage {
		return bot.Answer{}, b.words.Trouble("problem.long", "n", bot.LongestMessage)
	}
	m.Text = clean.Text(m.Text)
	m.From.Name = clean.OneLine(m.From.Name)
	if m.Text == "" {
		m.Text = b.words.Say("talk.help")
	}
	h, err := b.answered(ctx, m)
	if err != nil {
		return bot.Answer{}, err
	}
	m.Text = h.text
	args, err := b.standing(ctx, m.From)
	if err != nil {
		return bot.Answer{}, err
	}
	args.Today = b.today(m)
	if a, over, err := b.limited(ctx, "", m, args); err != nil || over {
		return a, err
	}
	if err := b.store.Heard(ctx, m.From); err != nil {
		return bot.Answer{}, fmt.Errorf("heard: %w", err)
	}
	a, err := b.all(ctx, m, args, h)
	if err != nil {
		return a, err
	}
	a.Posts = append(a.Posts, b.outcome(m, h)...)
	a.Posts = append(a.Posts, renewed(m)...)
	return a, nil
}

// standing is for whom somebody may speak.
func (b *Bot) standing(ctx context.Context, who bot.Speaker) (args bot.Args, err error) {
	if args.Standings, err = b.store.Standings(ctx, who); err != nil {
		return args, fmt.Errorf("standings: %w", err)
	}
	if args.Coordinator, err = b.store.Coordinator(ctx, who); err != nil {
		return args, fmt.Errorf("coordinator: %w", err)
	}
	return args, nil
}

// forCommand is “for the Choir: …”, which hands on what follows.
const forCommand = "talk.for"

// maxLines is how many sentences of one message are taken.
const maxLines = 20

// all takes a message line by line when every line is understood, and as one sentence otherwise.
func (b *Bot) all(ctx context.Context, m bot.Message, args bot.Args, h heard) (bot.Answer, error) {
	lines := strings.Split(m.Text, "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	today := b.today(m)
	every := len(lines) > 1
	for _, l := range lines {
		if m.Pressed {
			if err := b.misread(l, today); err != nil {
				return bot.Answer{}, err
			}
		}
		_, _, ok := b.book.Match(l, today)
		every = every && ok
	}
	if every && len(lines) > maxLines {
		return bot.Answer{}, b.words.Trouble("problem.many", "n", maxLines)
	}
	if !every {
		return b.parts(ctx, m, args, h)
	}
	var whole bot.Answer
	for _, l := range lines {
		m.Text = l
		a, err := b.one(ctx, m, args, h)
		if err != nil {
			return bot.Answer{}, err
		}
		whole = together(whole, a)
	}
	return whole, nil
}

func (b *Bot) today(m bot.Message) bot.Date { return bot.DateOf(m.At.In(b.zone)) }

// one handles one sentence: a phrase that fits in every word goes first, then what the reader makes of it.
func (b *Bot) one(ctx context.Context, m bot.Message, args bot.Args, h heard) (bot.Answer, error) {
	if m.Pressed && h.nested {
		if err := b.misread(m.Text, b.today(m)); err != nil {
			return bot.Answer{}, err
		}
	}
	name, values, ok := b.book.Match(m.Text, b.today(m))
	if len(h.tailed) > 0 {
		return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.unclear")).Choose(h.open...)}
	}
	if ok && name == "register.back" && len(values) == 0 && len(b.answerable("undo", m, h)) == 1 {
		return b.followAnswer(ctx, m, args, h, "undo", true)
	}
	if ok && (m.Pressed || h.nested || h.vouched || certain(values)) {
		return b.do(ctx, m, args, h, name, values)
	}
	if label, unsure, n := b.book.Meant(b.book.WithoutCourtesies(language.Fold(m.Text))); !ok && len(h.unclear) == 0 && n > 0 && !unsure && label != "yes" &&
		n == len(b.book.WithoutCourtesies(language.Fold(m.Text))) && len(h.open)+len(h.others) > 0 {
		return bot.Answer{Reply: bot.Lines(b.words.Line("chat.nothing"))}, nil // a no to a list is a no
	}
	if words := b.book.WithoutCourtesies(language.Fold(m.Text)); !ok && len(h.open)+len(h.others) == 0 && b.isAnswer(words) {
		return bot.Answer{Reply: bot.Lines(b.words.Line("chat.noquestion"))}, nil
	}
	if bare(m.Text) {
		// A number that is on no open list is nothing else either.
		if both := slices.Concat(h.open, h.others); len(both) > 0 {
			return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.number")).Choose(b.apart(b.titled(slices.Clone(both)))...)}
		}
		return bot.Answer{Reply: bot.Lines(b.words.Line("chat.noquestion"))}, nil
	}
	guesses := b.reader.Read(m.Text, b.situation(m, args, h))
	if ok && b.unnamed(name, values, m, h) {
		return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.unclear")).Choose(b.apart(b.titled(slices.Concat(h.open, h.others)))...)}
	}
	if ok && !b.contradicts(m, name, values, args, h, guesses) {
		if name == "question.ask" && likelihood(guesses, name) < 0.5 && b.reader.Offerable(values["what"].Text) != intent.Yes {
			args.Taken = true // it may be no ask, so it is looked for and not kept
		}
		if b.publishes(name, m.Text, m, guesses) {
			return b.do(ctx, m, args, h, name, b.trimmed(name, m.Text, values))
		}
		p := likelihood(guesses, name)
		guesses = slices.DeleteFunc(guesses, func(g intent.Guess) bool { return g.Intent == name })
		if guesses[0].P < intent.Likely && (p >= 0.5 || b.offerable(name, m.Text, m, guesses) == intent.Doubt) {
			return b.shall(m, args, h, name, values)
		}
		ok = false // it can be neither offered nor needed
	}
	if say, again := b.redrafted(m, h, guesses); again {
		m.Text = say
		return b.one(ctx, m, args, heard{})
	}
	// An answer that may mean nothing is asked about, unless it is read as another for sure.
	if top := guesses[0]; len(h.unclear) > 0 && (top.P < threshold(top.Intent) || top.Intent == "nothing" || top.Intent == "thanks") {
		return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.unclear")).Choose(h.unclear...)}
	}
	a, read, err := b.read(ctx, m, args, h, guesses)
	switch {
	case read || err != nil:
		return a, err
	case ok:
		return b.shall(m, args, h, name, values)
	}
	return bot.Answer{}, b.guess(m, args, h)
}

// shall asks whether a phrase that fits only by its blanks was meant.
func (b *Bot) shall(m bot.Message, args bot.Args, h heard, name string, values map[string]bot.Value) (bot.Answer, error) {
	filled := map[string]string{}
	for slot, v := range values {
		if b.book.Pronoun(v.Text) {
			return bot.Answer{}, b.guess(m, args, h) // it names nothing
		}
		filled[slot] = v.Text
	}
	say, ok := b.book.SayWhatFits(name, filled)
	if !ok {
		return bot.Answer{}, b.guess(m, args, h)
	}
	return b.ask(say)
}

// do gives a command.
func (b *Bot) do(ctx context.Context, m bot.Message, args bot.Args, h heard, name string, values map[string]bot.Value) (bot.Answer, error) {
	c := b.named[name]
	if slot, v, unsure := unsureDate(values); unsure {
		return bot.Answer{Reply: b.whichDay(name, values, slot, v)}, nil
	}
	if err := b.identifies(m, name, values, args, h); err != nil {
		return bot.Answer{}, err
	}
	if reply, ok := b.inquired(name, m, h); ok {
		return bot.Answer{Reply: reply}, nil
	}
	if reply, ok := b.severally(name, values); ok && !m.Pressed {
		return bot.Answer{Reply: reply}, nil
	}
	args.Values = b.pointed(values, m, h)
	if reply, ok := b.role(c, m, &args); !ok {
		if slices.Contains(stops, name) && b.named["digest.all"] != nil {
			// Whoever wants less of us gets that, whatever else they may not change.
			return b.do(ctx, m, args, h, "digest.all", nil)
		}
		return bot.Answer{Reply: reply}, nil
	}
	if a, over, err := b.limited(ctx, name, m, args); err != nil || over {
		return a, err
	}
	open := m.Where
	if c.Private && !open.IsPrivate() {
		m.Where = bot.Private(m.From)
	}
	if name == forCommand {
		return b.forOne(ctx, m, args, h)
	}
	if name == asItIsCommand {
		return b.asItIs(ctx, m, args, h)
	}
	a, err := c.Handle(ctx, m, args)
	if v := danger.Read(m.Text); c.Confided && v.Level != danger.None && err == nil {
		reply, err := b.whomToRing(ctx, string(v.Kind), false)
		if err != nil {
			return a, err
		}
		a.Reply = append(reply, a.Reply...)
	}
	if err != nil || !c.Private || open.IsPrivate() || a.Reply == nil {
		return a, err
	}
	a.Posts = append(a.Posts, bot.Post{Key: "reply/" + m.Key() + "/private", Where: m.Where, Reply: a.Reply, Urgency: bot.AtOnce})
	a.Reply = bot.Lines(b.words.Line("problem.private"))
	return a, nil
}
