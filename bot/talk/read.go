package talk

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/language"
	"ginnel/bot/language/intent"
)

// How likely a reading must be for something to be done at once; below that it is asked. What only tells something can be
// taken on trust, what can be undone wants to be sure, and what others read, or what answers them, surer still.
const (
	toTell   = 0.5
	toDo     = intent.Sure
	toOthers = 0.93
	perhaps  = 0.1 // worth a choice among others
)

// tells are the readings that change nothing, and others those that publish, send, accept, refuse or erase. All else can be
// undone with a word.
var (
	tells = []string{
		"register.ours", "register.theirs", "question.happening", "question.more", "rights.data", "rights.privacy", "help", "hello", "thanks",
		"nothing", "browse.near", "browse.needs", "browse.news", "browse.reach", "about.who", "about.why", "about.need", "about.then",
		"about.later", "answer.think", "human", "offtopic", "personal", "safeguarding", "rights.forget", "digest.preview", "question.ask",
		"stop.all", "stop.leave", "register.we", "complain",
	}
	others = []string{
		"register.offer", "register.need", "introduce.ask", "introduce.nameless", "introduce.suggest", "introduce.people", "introduce.tie",
		"introduce.never", "introduce.know", "question.tell", "answer.yes", "answer.no", "answer.notnow", "register.gone", "question.thank",
		"nudge.didnot", "nudge.wemet", "nudge.helped", "nudge.nohelp", "nudge.intouch", "nudge.notouch", "introduce.withdraw",
		"register.amend", "register.correct", "register.change", "register.rename", "register.handover",
	}
	// stops are the readings that all want less of us; which of them is meant may stay unclear, that it is one must not.
	stops = []string{"stop.all", "stop.leave", "digest.quiet", "digest.stop", "digest.fewer", "rights.forget", "introduce.seldom"}
)

// threshold is how likely a reading must be to be followed at once.
func threshold(name string) float64 {
	switch {
	case slices.Contains(tells, name), strings.HasPrefix(name, "explain."), strings.HasPrefix(name, "about."):
		return toTell
	case slices.Contains(others, name):
		return toOthers
	}
	return toDo
}

// certain tells whether values were read as they were meant: in marks, or as a day, a number or a place.
func certain(values map[string]bot.Value) bool {
	for _, v := range values {
		if !v.Exact && v.Date.IsZero() && v.Options == nil && v.Number == 0 && v.Place == "" {
			return false
		}
	}
	return true
}

// situation is what stands around a message.
func (b *Bot) situation(m bot.Message, args bot.Args, h heard) intent.Situation {
	return intent.Situation{
		Open: h.kinds, Room: m.Where.InRoom() && !m.Where.IsPrivate(), Stranger: len(args.Standings) == 0, Coordinator: args.Coordinator,
	}
}

// likelihood is how likely a reading is.
func likelihood(guesses []intent.Guess, names ...string) (p float64) {
	for _, g := range guesses {
		if slices.Contains(names, g.Intent) {
			p += g.P
		}
	}
	return p
}

// catching are the commands with phrases that fit much that means something else, such as “we need {what}”, and how likely
// another reading must be to be believed instead.
var catching = map[string]float64{"question.sorted": 0.6, "register.offer": 0.6, "register.need": 0.6, "question.ask": 0.5, "question.thank": 0.5, "question.more": 0.6, "register.we": 0.85}

// toUs are readings of questions that are put to the bot about itself.
var toUs = []string{"rights.privacy", "rights.data", "question.happening", "human", "help", "about.who", "about.why", "about.then", "about.need", "about.later"}

// contradicts tells whether the reader takes a sentence for something else than the command whose phrase fits it.
func (b *Bot) contradicts(name string, values map[string]bot.Value, args bot.Args, h heard, guesses []intent.Guess) bool {
	for _, slot := range []string{"what", "name"} {
		if v := values[slot]; v.Text != "" && !v.Exact && b.book.Pronoun(strings.Join(b.book.Taken(language.Fold(v.Text)), " ")) {
			return true // “we don't need it any more” is of something else than the register, and “block them” of what is open
		}
	}
	least, catches := catching[name]
	if likelihood(guesses, stops...) >= 0.6 && !slices.Contains(stops, name) {
		return true
	}
	if name == "register.we" && len(args.Standings) > 0 && !slices.ContainsFunc(args.Standings, func(s bot.Standing) bool {
		return clean.Fold(s.Name) == clean.Fold(values["name"].Text)
	}) {
		least = 0.45 // whose group is known seldom names another
	}
	// An open question is answered, or asked about, before anything else is begun.
	top := guesses[0]
	_, answer := answers[top.Intent]
	about := strings.HasPrefix(top.Intent, "about.") && !slices.Contains(h.kinds, "results") && top.P >= 0.8
	itself := false // the phrase is an answer too
	for _, commands := range answering {
		itself = itself || slices.Contains(commands, name)
	}
	if len(h.kinds) > 0 && name != top.Intent && !itself && (answer && top.P >= 0.5 || about) {
		return true
	}
	if values["place"].Place != "" {
		return false // with a postcode behind it a name is one
	}
	believed := 0.1
	if name == "question.ask" && (slices.Contains(toUs, top.Intent) || strings.HasPrefix(top.Intent, "explain.")) {
		believed = 0.35 // “who can see that?” asks us, and nobody else
	}
	return catches && top.P >= least && likelihood(guesses, append(akin[name], name)...) < believed
}

// akin are readings that say nothing against a phrase of a command: other names for it, or what it does too.
var akin = map[string][]string{
	"question.sorted":      {"question.thank", "question.nolonger"},
	"register.we":          {"hello"},
	"introduce.namelessly": {"introduce.nameless"},
	"introduce.all":        {"introduce.ask"},
	"introduce.work":       {"introduce.tie"},
	"question.ask":         {"register.need"},
	"register.need":        {"question.ask"},
}

// read does what the reader makes of a sentence that no phrase fits, or that a phrase fits only by its blanks; ok is false
// when it can make nothing of it. phrase is the sentence's command by that phrase, "" for none.
func (b *Bot) read(ctx context.Context, m bot.Message, args bot.Args, h heard, guesses []intent.Guess) (a bot.Answer, ok bool, err error) {
	if likelihood(guesses, stops...) >= toTell && guesses[0].Intent != "rights.forget" {
		name := guesses[0].Intent
		isSteward := slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Steward })
		if guesses[0].P < toDo || !slices.Contains(stops, name) || name == "introduce.seldom" && !isSteward {
			name = "stop.all"
		}
		a, err = b.follow(ctx, m, args, h, name, guesses, true)
		return a, true, err
	}
	top := guesses[0]
	if asks := strings.HasSuffix(strings.TrimSpace(m.Text), "?"); asks && top.Intent == "register.we" && len(guesses) > 1 {
		guesses = guesses[1:] // nobody asks whether they are somebody
		top = guesses[0]
	}
	if top.Intent == "nothing" && top.P < toOthers && b.mended(m) != "" {
		return a, false, nil // it may be a slip of the fingers
	}
	// To look for something that nobody asked for does no harm, and a question is mostly one to us.
	asks := strings.HasSuffix(strings.TrimSpace(m.Text), "?")
	if asks && (top.P < intent.Likely && likelihood(guesses, "question.ask", "register.need") >= 0.2 || top.Intent == "register.theirs" && top.P < toDo) {
		a, err = b.follow(ctx, m, args, h, "question.ask", guesses, true)
		return a, true, err
	}
	// Where most of what it may be answers the open question, it is asked which answer it is.
	if both := slices.Concat(h.open, h.others); len(h.kinds) > 0 && len(both) > 0 && top.P < threshold(top.Intent) &&
		likelihood(guesses, "answer.yes", "answer.no", "answer.notnow", "answer.think", "introduce.know") >= toTell ||
		len(h.kinds) > 0 && len(both) > 0 && top.Intent == "nothing" && top.P < toDo && likelihood(guesses, "answer.yes", "answer.no", "answer.notnow") >= 0.3 {
		reply := bot.Lines(b.words.Line("problem.unclear")).Choose(b.apart(b.titled(slices.Clone(both)))...)
		if say, fits := b.sentence("stop.all", m.Text); fits && likelihood(guesses, stops...) >= perhaps {
			reply = reply.Choose(bot.Choice{Label: unmarked(say), Say: say})
		}
		return a, true, &bot.Problem{Reply: reply}
	}
	switch {
	case top.P >= threshold(top.Intent):
		a, err = b.follow(ctx, m, args, h, top.Intent, guesses, true)
		return a, true, err
	case top.P >= intent.Likely:
		a, err = b.follow(ctx, m, args, h, top.Intent, guesses, false)
		return a, true, err
	}
	return a, false, nil
}

// follow does what a reading wants, or with sure false asks whether it is wanted.
func (b *Bot) follow(ctx context.Context, m bot.Message, args bot.Args, h heard, name string, guesses []intent.Guess, sure bool) (bot.Answer, error) {
	if of, ok := elsewhere[name]; ok && b.ofAnother(name, m, h) {
		if say, fits := b.sentence(of, m.Text); fits {
			return b.ask(say)
		}
	}
	if label, ok := answers[name]; ok {
		return b.followAnswer(ctx, m, args, h, label, sure)
	}
	if name == "answer.pick" {
		if a, ok, err := b.pick(ctx, m, args, h, sure); ok || err != nil {
			return a, err
		}
		if len(h.open) > 0 {
			return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.unclear")).Choose(h.open...)}
		}
		return bot.Answer{}, b.guess(m, args, h)
	}
	if reply, ok := b.inquired(name, m, h); ok {
		return bot.Answer{Reply: reply}, nil
	}
	if name == "question.more" && b.reader.Slots(name, m.Text)["what"] == "" {
		if what, ok := b.listed(m, h); ok {
			m.Text = b.words.Say(name, "what", what)
			return b.one(ctx, m, args, h)
		}
	}
	if name == "about.who" && slices.Contains(h.kinds, "results") && !slices.Contains(h.kinds, "introduction") {
		name = "register.theirs"
	}
	if reply, ok := b.chat(name, m, args); ok {
		return bot.Answer{Reply: reply}, nil
	}
	if _, only := language.ReadPostcode(m.Text); only {
		sure = false // a place alone says nothing of what is to be done with it
	}
	if name == "complain" {
		sure = false // it is passed on to somebody, so it is asked
	}
	say, fits := b.sentence(name, m.Text)
	if !fits && name == "register.we" {
		return bot.Answer{Reply: bot.Lines(b.words.Line("explain.join"))}, nil
	}
	if !fits {
		return b.example(name, m, args, h)
	}
	c := b.named[b.meaning(say, m)]
	if c == nil || c.Role == bot.Coordinator && !args.Coordinator {
		return bot.Answer{}, b.guess(m, args, h)
	}
	if sure && b.publishes(c.Name, say, m, guesses) {
		m.Text, args.Taken = say, name == "question.ask"
		return b.one(ctx, m, args, h)
	}
	return b.ask(say)
}

// elsewhere are the commands for answers that name a group other than the one that is asked about.
var elsewhere = map[string]string{"introduce.never": "introduce.never", "introduce.know": "introduce.tie"}

// ofAnother tells whether a message names a group that stands in nothing that is open.
func (b *Bot) ofAnother(name string, m bot.Message, h heard) bool {
	group := b.reader.Slots(name, m.Text)["group"]
	if group == "" || b.book.Pronoun(group) {
		return false
	}
	return !slices.ContainsFunc(slices.Concat(h.open, h.others), func(c bot.Choice) bool {
		return has(language.Fold(c.Say), language.Fold(group))
	})
}

// example says how to say what a reading wants, where a message leaves out what it needs.
func (b *Bot) example(name string, m bot.Message, args bot.Args, h heard) (bot.Answer, error) {
	if c, ok := commands[name]; ok {
		name = c
	}
	about, example := b.book.About(name)
	if c := b.named[name]; c == nil || example == "" || !may(c.Role, args) {
		return bot.Answer{}, b.guess(m, args, h)
	}
	return bot.Answer{Reply: bot.Lines(b.words.Line("read.example", "about", about, "example", bot.Strong(example)))}, nil
}

// ask asks whether a sentence is what was meant.
func (b *Bot) ask(say string) (bot.Answer, error) {
	return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("read.ask", "say", unmarked(say))).Choose(
		bot.Choice{Label: b.words.Plain("problem.yes"), Say: say}, b.words.Choice("read.else", "talk.else"),
	)}
}

// somethingElse is said to what was asked about and not meant.
func (b *Bot) somethingElse(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(b.words.Line("else.how"))}, nil
}

// sentenceEnds is where one sentence ends and another begins.
var sentenceEnds = regexp.MustCompile(`[.!?]\s+\S`)

// fitsWhole tells whether a phrase fits all of a message, and none of its parts is surely something else.
func (b *Bot) fitsWhole(m bot.Message, parts []intent.Part) bool {
	name, _, ok := b.book.Match(clean.OneLine(m.Text), b.today(m))
	if !ok {
		return false
	}
	if sentenceEnds.MatchString(m.Text) && !slices.ContainsFunc(parts, func(p intent.Part) bool {
		_, _, phrase := b.book.Match(p.Text, b.today(m))
		return !phrase && p.Guesses[0].P < intent.Sure
	}) {
		return false // each sentence says something by itself
	}
	fits := false
	for _, p := range parts {
		same := p.Guesses[0].Intent == name || slices.Contains(akin[name], p.Guesses[0].Intent)
		if !same && p.Guesses[0].P >= intent.Sure && slices.Contains(begun, p.Guesses[0].Intent) && slices.Contains(begun, name) {
			return false // “we can lend a drill and we could use some storage” says two things
		}
		fits = fits || same || p.Guesses[0].P < intent.Sure
	}
	return fits
}

// begun are the commands whose phrases take all that follows, though another thing may begin in it.
var begun = []string{"register.offer", "register.need", "question.ask"}

// blurred tells whether a message is surely one thing as a whole, and what it would be cut into is less sure.
func (b *Bot) blurred(m bot.Message, args bot.Args, h heard, parts []intent.Part) bool {
	whole := b.reader.Read(m.Text, b.situation(m, args, h))[0]
	return whole.P >= toOthers && !sentenceEnds.MatchString(m.Text) && slices.ContainsFunc(parts, func(p intent.Part) bool {
		_, _, phrase := b.book.Match(p.Text, b.today(m))
		return !phrase && p.Guesses[0].P < intent.Sure
	})
}

// parts does each thing that a message says, and gives one answer. What cannot be read is said back.
func (b *Bot) parts(ctx context.Context, m bot.Message, args bot.Args, h heard) (whole bot.Answer, err error) {
	if name, values, ok := b.book.Match(clean.OneLine(m.Text), b.today(m)); ok && (m.Pressed || certain(values) || name == forCommand) {
		m.Text = clean.OneLine(m.Text)
		return b.one(ctx, m, args, h)
	}
	parts := b.reader.Parts(m.Text, b.situation(m, args, h))
	if len(parts) < 2 || b.fitsWhole(m, parts) || b.blurred(m, args, h, parts) {
		m.Text = clean.OneLine(m.Text)
		return b.one(ctx, m, args, h)
	}
	var lost []bot.Line
	// An answer with something beside it that cannot be read, or that asks about it, is asked about.
	answered := slices.ContainsFunc(parts, func(p intent.Part) bool {
		_, ok := answers[p.Guesses[0].Intent]
		return ok && p.Guesses[0].P >= intent.Likely
	})
	unread := slices.ContainsFunc(parts, func(p intent.Part) bool {
		_, _, phrase := b.book.Match(p.Text, b.today(m))
		return !phrase && p.Guesses[0].P < intent.Likely || strings.HasPrefix(p.Guesses[0].Intent, "about.")
	})
	if both := slices.Concat(h.open, h.others); answered && (unread || b.book.Conditional(language.Fold(m.Text))) && len(both) > 0 {
		return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.unclear")).Choose(b.apart(both)...)}
	}
	for _, p := range parts {
		if _, _, phrase := b.book.Match(p.Text, b.today(m)); !phrase && p.Guesses[0].P < intent.Likely {
			lost = append(lost, bot.Text(clean.Shorten(clean.OneLine(p.Text), 120)))
			continue
		}
		m.Text = clean.OneLine(p.Text)
		a, err := b.part(ctx, m, args, h)
		if problem, ok := errors.AsType[*bot.Problem](err); ok {
			// A command finds out that it cannot be done before it writes anything, so the others can go on.
			a, err = bot.Answer{Reply: problem.Reply}, nil
		}
		if err != nil {
			return bot.Answer{}, err
		}
		whole = together(whole, a)
	}
	if len(lost) > 0 {
		whole.Reply = append(whole.Reply, bot.Lines(b.words.Line("parts.lost")).With(lost)...)
	}
	return whole, nil
}

// part handles one thing of several: a number or a place on the list that stands open first.
func (b *Bot) part(ctx context.Context, m bot.Message, args bot.Args, h heard) (bot.Answer, error) {
	words := b.book.Taken(language.Fold(m.Text))
	if _, ok := b.book.Ordinal(words, len(h.open)); ok || bare(m.Text) {
		picked, err := b.answered(ctx, m)
		if err != nil {
			return bot.Answer{}, err
		}
		m.Text, h = picked.text, picked
	}
	return b.one(ctx, m, args, h)
}

// maxJudged is how many characters are judged; nothing longer can be put into the register.
const maxJudged = 300

// publishes tells whether a sentence may be followed without asking: what is put into the register is something that can be
// offered or needed. Where that is in doubt the reading of the whole sentence decides.
func (b *Bot) publishes(command, say string, m bot.Message, guesses []intent.Guess) bool {
	return b.offerable(command, say, m, guesses) == intent.Yes
}

func (b *Bot) offerable(command, say string, m bot.Message, guesses []intent.Guess) intent.Verdict {
	if command != "register.offer" && command != "register.need" {
		return intent.Yes
	}
	_, values, _ := b.book.Match(say, b.today(m))
	what := values["what"].Text
	if utf8.RuneCountInString(what) > maxJudged {
		return intent.Yes // the command says that it is too long
	}
	v := b.reader.Offerable(what)
	if v == intent.Doubt && likelihood(guesses, command) >= 0.5 {
		return intent.Yes
	}
	return v
}

// meaning is the command that a sentence says.
func (b *Bot) meaning(say string, m bot.Message) string {
	name, _, _ := b.book.Match(say, b.today(m))
	return name
}

// sentence says what a reading wants in the words of its command, with what the message says of it.
func (b *Bot) sentence(name, text string) (string, bool) {
	command, slots := name, b.reader.Slots(name, b.telling(name, text))
	if c, ok := commands[name]; ok {
		command = c
	}
	if b.named[command] == nil {
		return "", false
	}
	if command == "rights.complain" {
		return b.words.Say(command, "what", clean.OneLine(text)), true
	}
	if command == "question.ask" {
		return b.words.Say(command, "what", asked(text, slots)), true
	}
	if command == "register.amend" {
		return b.words.Say(command, "tail", clean.OneLine(text)), true // all of it is what is added
	}
	args := map[string]string{}
	for slot, v := range slots {
		if b.book.Pronoun(v) {
			continue // it names nothing
		}
		if to, ok := renamed[command+" "+slot]; ok {
			slot = to
		}
		args[slot] = v
	}
	if when := args["when"]; when != "" && args["what"] != "" {
		args["what"] += " " + when
		delete(args, "when")
	}
	return b.book.SayWhatFits(command, args)
}

// telling is the sentence of a message that says most of what was read.
func (b *Bot) telling(name, text string) string {
	best, most := text, 0.0
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?\n", r) }) {
		if p := likelihood(b.reader.Read(s, intent.Situation{}), name); p > most && len(strings.Fields(s)) > 2 {
			best, most = strings.TrimSpace(s), p
		}
	}
	if most < intent.Likely {
		return text
	}
	return best
}

// asked is what is asked for, with where and when, in the words of the question.
func asked(text string, slots map[string]string) string {
	text = strings.TrimRight(clean.OneLine(text), "?!. ")
	what := slots["what"]
	i := strings.Index(text, what)
	if what == "" || i < 0 {
		return text
	}
	out, rest := what, text[i+len(what):]
	if when := slots["when"]; when != "" && !strings.Contains(what, when) {
		if j := strings.Index(rest, when); j >= 0 {
			return out + rest[:j+len(when)]
		}
		return out + " " + when
	}
	if first, _, _ := strings.Cut(strings.TrimLeft(rest, " "), " "); slices.Contains(wheres, strings.ToLower(first)) {
		out += rest
	}
	return out
}

// trimmed gives values that a phrase cut out the ends that the reader sees: “we know Tally Trust really well” knows Tally Trust.
func (b *Bot) trimmed(name, text string, values map[string]bot.Value) map[string]bot.Value {
	if !slices.Contains(trims, name) {
		return values
	}
	out := map[string]bot.Value{}
	for slot, v := range values {
		out[slot] = v
	}
	for slot, value := range b.reader.Slots(name, text) {
		if to, ok := renamed[name+" "+slot]; ok {
			slot = to
		}
		if v, ok := out[slot]; ok && !v.Exact && value != "" && strings.HasPrefix(v.Text, value+" ") || ok && strings.HasPrefix(v.Text, value+",") {
			v.Text = value
			out[slot] = v
		}
	}
	return out
}

// trims are the commands whose values are names of what is there, so that more than the name is too much.
var trims = []string{
	"register.we", "register.gone", "introduce.tie", "introduce.ask", "introduce.withdraw", "register.theirs", "register.full", "register.handover",
	"question.thank",
}

// commands are the commands of readings that go by another name, and renamed the slots of phrases that the reader calls
// otherwise.
var (
	wheres   = []string{"in", "near", "around", "by", "close", "within"}
	commands = map[string]string{
		"about.who": "introduce.who", "about.why": "introduce.why", "about.need": "introduce.what", "about.then": "introduce.then",
		"about.later": "introduce.until", "browse.near": "question.near", "browse.needs": "question.needs", "browse.news": "digest.new",
		"browse.reach": "introduce.howto",
		"help":         "talk.help", "stop.all": "digest.all", "stop.leave": "digest.all", "digest.fewer": "digest.all", "complain": "rights.complain", "introduce.nameless": "introduce.nameless",
	}
	renamed = map[string]string{
		"introduce.ask group": "name", "introduce.nameless group": "name", "register.theirs group": "name", "introduce.tie group": "name",
		"introduce.unknown group": "name", "introduce.withdraw group": "name", "question.sorted name": "who", "introduce.suggest two": "two",
		"introduce.howto group": "name", "question.thank name": "who", "digest.closed until": "to", "introduce.never group": "name", "register.full until": "when", "digest.away when": "long",
	}
)

// unmarked is a sentence as people would write it, without the marks around its values.
func unmarked(say string) string { return strings.NewReplacer("“", "", "”", "").Replace(say) }
