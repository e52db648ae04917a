package talk

import (
	"slices"
	"strings"
	"unicode"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/language/intent"
)

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
		tail := clean.OneLine(text) // all of it is what is added
		for _, before := range b.words.List("read.before") {
			if n := len(before); len(tail) > n && strings.EqualFold(tail[:n], before) && tail[n] == ' ' {
				tail = strings.TrimSpace(tail[n:])
			}
		}
		return b.words.Say(command, "tail", tail), true
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
		if strings.HasPrefix(name, "introduce.") && !slices.Contains(pointing, slot) {
			continue // what it is about is told as it was written
		}
		v, ok := out[slot]
		if !ok || v.Exact || value == "" {
			continue
		}
		// A tail is cut off, and of who takes over what stands before the name.
		tail, begins := strings.CutPrefix(v.Text, value)
		if begins = begins && isTail(tail); begins || name == "register.handover" && strings.HasSuffix(v.Text, " "+value) {
			v.Text = value
			out[slot] = v
		}
	}
	return out
}

// isTail tells whether what follows a value is more than the rest of a name: it stands behind a comma, or goes on for some words
// without a capital.
func isTail(text string) bool {
	const fewest = 2 // words
	return strings.HasPrefix(text, ",") ||
		strings.HasPrefix(text, " ") && len(strings.Fields(text)) > fewest && !strings.ContainsFunc(text, unicode.IsUpper)
}

// trims are the commands whose values are names of what is there, so that more than the name is too much.
var trims = []string{
	"register.we", "register.gone", "introduce.tie", "introduce.ask", "introduce.withdraw", "register.theirs", "register.handover",
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
		"introduce.howto group": "name", "question.thank name": "who", "digest.closed until": "to", "introduce.never group": "name", "digest.away when": "long",
	}
)
