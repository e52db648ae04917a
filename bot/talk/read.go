package talk

import (
	"context"
	"slices"
	"strings"
	"unicode"
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
func (b *Bot) contradicts(m bot.Message, name string, values map[string]bot.Value, args bot.Args, h heard, guesses []intent.Guess) bool {
	for _, slot := range []string{"what", "name"} {
		if v := values[slot]; v.Text != "" && !v.Exact && b.book.Pronoun(strings.Join(b.book.Taken(language.Fold(v.Text)), " ")) {
			return true // “we don't need it any more” is of something else than the register, and “block them” of what is open
		}
	}
	if v := values["when"]; v.Text != "" && !v.Exact && guesses[0].Intent == name && guesses[0].P >= toDo {
		return true // “full till March, no more people please”: the day is a part of it
	}
	least, catches := catching[name]
	theirs := args.Coordinator && b.named[name].Role == bot.Coordinator // “unlist Safe Haven” stops nothing of the coordinator's own
	if likelihood(guesses, stops...) >= 0.6 && !slices.Contains(stops, name) && !theirs {
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
	// What would be meant with nothing open is no answer for half a reading of one.
	const meant = 0.7
	if answer && top.P < intent.Sure && likelihood(b.reader.Read(m.Text, intent.Situation{Stranger: len(args.Standings) == 0}), name) >= meant {
		answer = false
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
	isSteward := slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Steward })
	seldom := guesses[0].Intent == "introduce.often" && guesses[0].P >= intent.Likely && !isSteward
	if seldom || likelihood(guesses, stops...) >= toTell && guesses[0].Intent != "rights.forget" {
		name := guesses[0].Intent
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
	if group := b.reader.Slots("register.theirs", m.Text)["group"]; name == "about.who" && slices.Contains(h.kinds, "results") &&
		!slices.Contains(h.kinds, "introduction") && group != "" && !b.book.Pronoun(group) {
		name = "register.theirs"
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
	if reply, ok := b.chat(name, m, args); ok {
		return bot.Answer{Reply: reply}, nil
	}
	if _, only := language.ReadPostcode(m.Text); only {
		sure = false // a place alone says nothing of what is to be done with it
	}
	if name == "complain" {
		sure = false // it is passed on to somebody, so it is asked
	}
	if name == "digest.quiet" && b.says("digest.all") && !b.narrowly(m.Text) {
		name = "digest.all"
	}
	say, fits := b.sentence(name, m.Text)
	if !fits && name == "register.we" {
		return bot.Answer{Reply: bot.Lines(b.words.Line("welcome.what"), b.words.Line("explain.join"))}, nil
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
	if stop, ok := b.sentence("stop.all", m.Text); ok && name == "introduce.often" {
		return b.ask(say, bot.Choice{Label: unmarked(stop), Say: stop})
	}
	return b.ask(say)
}

// narrowly tells whether who wants less names what: “stop messaging me” is everything, “stop asking if it is still true” is not.
func (b *Bot) narrowly(text string) bool {
	return slices.ContainsFunc(language.Fold(text), func(w string) bool { return slices.Contains(b.words.List("read.narrower"), w) })
}

func (b *Bot) says(command string) bool { return b.named[command] != nil }

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

// unnamed tells whether an answer to what is open goes on with words that name no group: “not them, we had words last year”.
func (b *Bot) unnamed(name string, values map[string]bot.Value, m bot.Message, h heard) bool {
	const fewest = 4 // words that may be more than a name
	v := values["name"]
	if _, ok := elsewhere[name]; !ok || v.Exact || len(strings.Fields(v.Text)) < fewest || strings.ContainsFunc(v.Text, unicode.IsUpper) || len(b.answerable(answers[name], m, h)) == 0 {
		return false
	}
	return b.reader.Slots(name, m.Text)["group"] == "" && !slices.ContainsFunc(slices.Concat(h.open, h.others), func(c bot.Choice) bool {
		return has(language.Fold(c.Say), language.Fold(v.Text))
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

// ask asks whether a sentence is what was meant, or something near to it.
func (b *Bot) ask(say string, near ...bot.Choice) (bot.Answer, error) {
	return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("read.ask", "say", unmarked(say))).Choose(
		bot.Choice{Label: b.words.Plain("problem.yes"), Say: say}).Choose(near...).Choose(b.words.Choice("read.else", "talk.else"))}
}

// somethingElse is said to what was asked about and not meant.
func (b *Bot) somethingElse(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(b.words.Line("else.how"))}, nil
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

// unmarked is a sentence as people would write it, without the marks around its values.
func unmarked(say string) string { return strings.NewReplacer("“", "", "”", "").Replace(say) }
