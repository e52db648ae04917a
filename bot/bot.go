package bot

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

//go:embed words
var coreWords embed.FS

// core is the verb whose words Handle itself says.
const core = "bot"

// LongestMessage is how many characters of one message are read; a longer one is answered with a plea.
const LongestMessage = 4000

// Store is what Handle itself needs remembered.
type Store interface {
	// Offered returns what who may still answer at where, newest first.
	Offered(ctx context.Context, where Address, who Speaker, now time.Time) ([]Offered, error)
	// Standings returns the organisations that s speaks for, by name.
	Standings(ctx context.Context, s Speaker) ([]Standing, error)
	// Coordinator tells whether s looks after the network.
	Coordinator(ctx context.Context, s Speaker) (bool, error)
	// Heard is told that s spoke to us.
	Heard(ctx context.Context, s Speaker) error
}

// Bot handles messages.
type Bot struct {
	book     *Book
	words    Words
	store    Store
	zone     *time.Location
	commands []Command
	named    map[string]*Command
	kinds    map[Kind]*Command
}

// New makes a Bot of the commands of all verbs. zone is where days begin for the people of the network.
// It refuses a command without a role, without a name of its own, or without phrases when it is for
// typing, and phrases without a command.
func New(book *Book, store Store, zone *time.Location, commands ...Command) (*Bot, error) {
	b := &Bot{book: book, words: book.Of(core), store: store, zone: zone, named: map[string]*Command{}, kinds: map[Kind]*Command{}}
	b.commands = append(commands,
		Command{Name: "bot.help", Role: Anyone, Handle: b.help},
		Command{Name: "bot.more", Role: Anyone, Quiet: true, Handle: b.more},
		Command{Name: "bot.hello", Role: Anyone, Quiet: true, Handle: b.help},
		Command{Name: "bot.home", Role: Anyone, Quiet: true, Handle: b.help},
		Command{Name: "bot.for", Role: Anyone, Quiet: true, Handle: b.forOne},
	)
	for i := range b.commands {
		c := &b.commands[i]
		if c.Kind == "" {
			c.Kind = Said
		}
		switch {
		case c.Role == noRole:
			return nil, fmt.Errorf("command %s names no role", c.Name)
		case c.Handle == nil:
			return nil, fmt.Errorf("command %s does nothing", c.Name)
		case b.named[c.Name] != nil:
			return nil, fmt.Errorf("two commands are called %s", c.Name)
		case c.Kind == Said && c.Hears == nil && !slices.Contains(book.Understood(), c.Name):
			return nil, fmt.Errorf("nothing leads to command %s", c.Name)
		case c.Kind != Said && c.Kind != Due && b.kinds[c.Kind] != nil:
			return nil, fmt.Errorf("commands %s and %s are both for what is %s", b.kinds[c.Kind].Name, c.Name, c.Kind)
		}
		b.named[c.Name] = c
		if c.Kind != Said && c.Kind != Due {
			b.kinds[c.Kind] = c
		}
	}
	for _, name := range book.Understood() {
		if b.named[name] == nil {
			return nil, fmt.Errorf("phrases lead to %s, which is no command", name)
		}
	}
	return b, nil
}

// Wants tells whether m is for us. Nothing else is ever written down.
func (b *Bot) Wants(m Message) bool {
	switch m.Kind {
	case Said:
		return m.ToUs || b.hearer(m) != nil
	default:
		return b.unsaid(m) != nil
	}
}

// hearer finds the command for what was said in a room and not to us, nil when there is none.
func (b *Bot) hearer(m Message) *Command {
	if m.Where.Room == "" || m.Where.IsPrivate() {
		return nil
	}
	i := slices.IndexFunc(b.commands, func(c Command) bool { return c.Hears != nil && c.Hears(m) })
	if i < 0 {
		return nil
	}
	return &b.commands[i]
}

// unsaid finds the command for what nobody typed, nil when there is none.
func (b *Bot) unsaid(m Message) *Command {
	if m.Kind != Due {
		return b.kinds[m.Kind]
	}
	if c := b.named[m.For]; c != nil && c.Kind == Due {
		return c
	}
	return nil
}

// Handle answers one message. It runs inside the handling transaction; see Handler.
func (b *Bot) Handle(ctx context.Context, m Message) (Answer, error) {
	if m.Kind != Said {
		c := b.unsaid(m)
		if c == nil {
			return Answer{}, nil
		}
		return c.Handle(ctx, m, Args{Today: b.today(m)})
	}
	if !m.ToUs {
		// Somebody who talks to others has said nothing to us, and is told of no trouble either.
		c := b.hearer(m)
		if c == nil {
			return Answer{}, nil
		}
		m.From.Name = OneLine(m.From.Name)
		return c.Handle(ctx, m, Args{Today: b.today(m)})
	}
	if utf8.RuneCountInString(m.Text) > LongestMessage {
		return Answer{}, b.words.Trouble("problem.long", "n", LongestMessage)
	}
	m.Text = Clean(m.Text)
	m.From.Name = OneLine(m.From.Name)
	if m.Text == "" {
		m.Text = b.words.Say("bot.help")
	}
	h, err := b.answered(ctx, m)
	if err != nil {
		return Answer{}, err
	}
	m.Text = h.text
	standings, err := b.store.Standings(ctx, m.From)
	if err != nil {
		return Answer{}, fmt.Errorf("standings: %w", err)
	}
	coordinator, err := b.store.Coordinator(ctx, m.From)
	if err != nil {
		return Answer{}, fmt.Errorf("coordinator: %w", err)
	}
	if err := b.store.Heard(ctx, m.From); err != nil {
		return Answer{}, fmt.Errorf("heard: %w", err)
	}
	return b.all(ctx, m, Args{Standings: standings, Coordinator: coordinator, Today: b.today(m), open: h.open, others: h.others, unclear: h.unclear})
}

// all takes a message line by line when every line is understood, and as one sentence otherwise.
func (b *Bot) all(ctx context.Context, m Message, args Args) (Answer, error) {
	lines := strings.Split(m.Text, "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	today := b.today(m)
	every := len(lines) > 1
	for _, l := range lines {
		_, _, ok := b.book.Match(l, today)
		every = every && ok
	}
	if !every {
		m.Text = OneLine(m.Text)
		return b.one(ctx, m, args)
	}
	var whole Answer
	for _, l := range lines {
		m.Text = l
		a, err := b.one(ctx, m, args)
		if err != nil {
			return Answer{}, err
		}
		whole.Reply = append(whole.Reply, a.Reply...)
		whole.Posts = append(whole.Posts, a.Posts...)
		whole.Later = append(whole.Later, a.Later...)
	}
	return whole, nil
}

func (b *Bot) today(m Message) Date { return DateOf(m.At.In(b.zone)) }

// one handles one sentence.
func (b *Bot) one(ctx context.Context, m Message, args Args) (Answer, error) {
	name, values, ok := b.book.Match(m.Text, b.today(m))
	if !ok {
		if len(args.unclear) > 0 {
			return Answer{}, &Problem{Reply: Lines(b.words.Line("problem.unclear")).Choose(args.unclear...)}
		}
		if Danger(m.Text) {
			return b.danger(m), nil
		}
		if name, ok = b.taker(m); !ok {
			return Answer{}, b.guess(m, args)
		}
		values, args.Taken = map[string]Value{"what": {Text: m.Text}}, true
	}
	if Danger(m.Text) {
		return b.danger(m), nil
	}
	c := b.named[name]
	if slot, v, unsure := unsureDate(values); unsure {
		return Answer{Reply: b.whichDay(name, values, slot, v)}, nil
	}
	args.Values = values
	if reply, ok := b.role(c, m, &args); !ok {
		return Answer{Reply: reply}, nil
	}
	open := m.Where
	if c.Private && !open.IsPrivate() {
		m.Where = Private(m.From)
	}
	a, err := c.Handle(ctx, m, args)
	if err != nil || !c.Private || open.IsPrivate() || a.Reply == nil {
		return a, err
	}
	a.Posts = append(a.Posts, Post{Key: "reply/" + m.Key() + "/private", Where: m.Where, Reply: a.Reply, Urgency: AtOnce})
	a.Reply = Lines(b.words.Line("problem.private"))
	return a, nil
}

// danger answers, in private, whoever speaks of danger: nothing of it is kept, and nobody is looked for.
func (b *Bot) danger(m Message) Answer {
	reply := Lines(b.words.Line("problem.danger"), b.words.Line("problem.notforus"))
	if m.Where.IsPrivate() {
		return Answer{Reply: reply}
	}
	return Answer{
		Reply: Lines(b.words.Line("problem.private")),
		Posts: []Post{{Key: "reply/" + m.Key() + "/private", Where: Private(m.From), Reply: reply, Urgency: AtOnce}},
	}
}

// taker finds the command for a sentence that is no phrase, unless it is only a misspelt one.
func (b *Bot) taker(m Message) (string, bool) {
	if b.book.Mend(m.Text, b.today(m)) != "" {
		return "", false
	}
	i := slices.IndexFunc(b.commands, func(c Command) bool { return c.Takes != nil && c.Takes(m.Text) })
	if i < 0 {
		return "", false
	}
	return b.commands[i].Name, true
}

// role fills in for whom the command is given, or returns what to say to somebody who may not give it.
func (b *Bot) role(c *Command, m Message, args *Args) (Reply, bool) {
	if c.Role == Coordinator && !args.Coordinator {
		return Lines(b.words.Line("problem.coordinator")), false
	}
	fitting := args.Standings
	if c.Role == Steward {
		fitting = slices.DeleteFunc(slices.Clone(fitting), func(s Standing) bool { return !s.Steward })
	}
	if args.Organisation != 0 {
		if i := slices.IndexFunc(fitting, func(s Standing) bool { return s.Organisation == args.Organisation }); i < 0 && c.Role != Anyone && c.Role != Coordinator {
			return Lines(b.words.Line("problem.steward")), false
		}
		return nil, true
	}
	switch {
	case len(fitting) == 1:
		args.Organisation, args.Name = fitting[0].Organisation, fitting[0].Name
	case c.Role == Anyone || c.Role == Coordinator || len(fitting) == 0 && c.OrCoordinator && args.Coordinator:
	case len(fitting) == 0 && len(args.Standings) > 0:
		return Lines(b.words.Line("problem.steward")), false
	case len(fitting) == 0:
		return Lines(b.words.Line("problem.stranger")), false
	default:
		var choices []Choice
		for _, s := range fitting {
			choices = append(choices, Choice{Label: s.Name, Say: b.words.Say("bot.for", "name", s.Name, "rest", m.Text)})
		}
		return Lines(b.words.Line("problem.which")).Choose(choices...), false
	}
	return nil, true
}

// forOne is “for the Choir: we need …”.
func (b *Bot) forOne(ctx context.Context, m Message, args Args) (Answer, error) {
	name := args.Text("name")
	i := slices.IndexFunc(args.Standings, func(s Standing) bool { return Skeleton(s.Name) == Skeleton(name) })
	if i < 0 {
		return Answer{}, b.words.Trouble("problem.notyours", "name", Strong(name))
	}
	if args.nested {
		return Answer{}, b.guess(m, args)
	}
	m.Text = args.Text("rest")
	return b.one(ctx, m, Args{Standings: args.Standings, Coordinator: args.Coordinator, Organisation: args.Standings[i].Organisation, Name: args.Standings[i].Name, Today: args.Today, nested: true})
}

// What an answer may be, at the longest; anything more is a sentence of its own.
const longestAnswer = 80

// heard is what a message turned out to be beside what was offered before it.
type heard struct {
	text                  string
	open, others, unclear []Choice // see Args
}

// answered turns a number, a yes or a label of what was last offered into the sentence it stands for.
func (b *Bot) answered(ctx context.Context, m Message) (heard, error) {
	offered, err := b.store.Offered(ctx, m.Where, m.From, m.At)
	if err != nil {
		return heard{}, fmt.Errorf("what was offered: %w", err)
	}
	h := heard{text: m.Text}
	h.open, h.others = b.stillOpen(offered)
	if utf8.RuneCountInString(m.Text) > longestAnswer || strings.Contains(m.Text, "\n") {
		return h, nil
	}
	words := foldAll(m.Text)
	meant := b.picked(offered, strings.Join(words, " "))
	plain := b.book.plainly(words)
	if len(meant) == 0 {
		meant = b.picked(offered, strings.Join(plain, " "))
	}
	if len(meant) == 0 {
		if a, n := b.book.meant(plain); n > 0 {
			// “Yes, but not before Christmas” is no yes, and “ok” may be none.
			if n == len(plain) && !a.unsure {
				meant = b.picked(offered, a.label)
			}
			if _, _, other := b.book.Match(strings.Join(plain[n:], " "), b.today(m)); !other {
				h.unclear = labelled(offered, a.label)
			}
		}
	}
	switch len(meant) {
	case 0:
		return h, nil
	case 1:
		return heard{text: meant[0].Say}, nil
	}
	return heard{}, &Problem{Reply: Lines(b.words.Line("problem.two")).Choose(apart(meant)...)}
}

// picked are the choices that said may mean, one for each sentence. offered is the newest first.
func (b *Bot) picked(offered []Offered, said string) []Choice {
	// A number is of the list that was read last, when that is a reply. When something came in between, it may be of either.
	if _, err := strconv.Atoi(said); err == nil && len(offered) > 0 && offered[0].Key == OfferedReply {
		offered = offered[:1]
	}
	var meant, replied, open []Choice
	for _, o := range offered {
		c, ok := pick(o.Choices, said)
		if o.Key == OfferedReply {
			open = o.Choices
			if ok {
				replied = []Choice{c}
			}
		}
		if ok && !says(meant, c) {
			meant = append(meant, c)
		}
	}
	// Who was asked which of them it is has answered that.
	if len(replied) > 0 && !slices.ContainsFunc(meant, func(c Choice) bool { return !says(open, c) }) {
		return replied
	}
	return meant
}

func says(choices []Choice, c Choice) bool {
	return slices.ContainsFunc(choices, func(d Choice) bool { return d.Say == c.Say })
}

// apart gives choices of one label each the label of its sentence: a yes to one and a yes to another.
func apart(choices []Choice) []Choice {
	count := map[string]int{}
	for _, c := range choices {
		count[c.Label]++
	}
	out := slices.Clone(choices)
	for i, c := range out {
		if count[c.Label] > 1 {
			out[i].Label = c.Say
		}
	}
	return out
}

// stillOpen are the choices of the last reply that can be answered, and then those of other posts, newest first, as long as
// they are not too many to read. What only a guess added to them is left out.
func (b *Bot) stillOpen(offered []Offered) (open, others []Choice) {
	const most = 12
	for _, o := range offered {
		if o.Key == OfferedReply {
			open = slices.Clone(o.Choices)
		} else if len(others)+len(o.Choices) <= most || len(others) == 0 {
			others = append(others, o.Choices[:min(len(o.Choices), most)]...)
		}
	}
	open = slices.DeleteFunc(open, func(c Choice) bool { return says(others, c) })
	n := len(open)
	if n == 0 || open[n-1].Say != b.words.Say("bot.help") {
		return open, others
	}
	open = open[:n-1]
	isNo := func(c Choice) bool { return c.Label == b.words.Plain("problem.no") }
	// Whether a spelling was meant; a question that can be answered with yes has a no.
	if n > 1 && open[0].Label == b.words.Plain("problem.yes") && !slices.ContainsFunc(open, isNo) {
		open = open[1:]
	}
	return open, others
}

// labelled are all choices of those posts that have one of that label.
func labelled(offered []Offered, label string) (all []Choice) {
	for _, o := range offered {
		fits := slices.ContainsFunc(o.Choices, func(c Choice) bool {
			return c.Label == label || strings.HasPrefix(c.Label, label+",")
		})
		for _, c := range o.Choices {
			if fits && !says(all, c) {
				all = append(all, c)
			}
		}
	}
	return apart(all)
}

func pick(choices []Choice, said string) (Choice, bool) {
	if n, err := strconv.Atoi(said); err == nil {
		if n >= 1 && n <= len(choices) {
			return choices[n-1], true
		}
		return Choice{}, false
	}
	var begins []Choice
	for _, c := range choices {
		label := strings.Join(foldAll(c.Label), " ")
		if label == said || strings.ReplaceAll(label, " ,", "") == "yes "+said {
			return c, true
		}
		if said != "" && strings.HasPrefix(strings.ReplaceAll(label, " ,", ""), said+" ") {
			begins = append(begins, c)
		}
	}
	if len(begins) == 1 {
		return begins[0], true
	}
	return Choice{}, false
}

func unsureDate(values map[string]Value) (string, Value, bool) {
	for slot, v := range values {
		if len(v.Options) > 0 {
			return slot, v, true
		}
	}
	return "", Value{}, false
}

// whichDay asks for the day that was meant: every choice is the whole sentence with one day in it.
func (b *Bot) whichDay(command string, values map[string]Value, slot string, v Value) Reply {
	filled := map[string]any{}
	for s, v := range values {
		filled[s] = v.Text
	}
	var choices []Choice
	for _, d := range v.Options {
		filled[slot] = d
		choices = append(choices, Choice{Label: d.Weekday().String() + " " + d.String(), Say: b.book.sayLike(command, filled)})
	}
	return Lines(b.words.Line("problem.day", "text", v.Text)).Choose(choices...)
}

// guess answers what nothing matched: the nearest thing it might have meant, never “unknown command”.
// What was offered before it stays open.
func (b *Bot) guess(m Message, args Args) error {
	help := b.words.Choice("problem.help", "bot.help")
	if mended := b.book.Mend(m.Text, b.today(m)); mended != "" && mended != m.Text {
		yes := Choice{Label: b.words.Plain("problem.yes"), Say: mended}
		choices := apart(slices.Concat([]Choice{yes}, args.open, []Choice{help}))
		choices[0] = yes
		return &Problem{Reply: Lines(b.words.Line("problem.mended", "text", mended)).Choose(choices...)}
	}
	reply := Lines(b.words.Line("problem.guess"))
	var list []Line
	for _, e := range b.book.Nearest(m.Text, 2) {
		list = append(list, Text(e))
	}
	if list == nil {
		list = []Line{b.words.Line("problem.ask"), b.words.Line("problem.offer")}
	}
	others := slices.Clone(args.others)
	for i, c := range others {
		// A yes that was asked for long ago says to what, unless its label does.
		if !strings.ContainsAny(c.Label, ",:") {
			others[i].Label = c.Say
		}
	}
	return &Problem{Reply: reply.With(list).Choose(apart(slices.Concat(args.open, others, []Choice{help}))...)}
}
