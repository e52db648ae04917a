package talk

import (
	"slices"
	"strings"

	"ginnel/bot"
)

// inquired answers what is asked about the bot itself, about a list, or about a question that no introduction put: whether to be
// listed, to look out for something, to be forgotten. What is open stands under the answer again. ok is false for all that is
// asked about introductions.
func (b *Bot) inquired(name string, m bot.Message, h heard) (reply bot.Reply, ok bool) {
	if what, ok := strings.CutPrefix(name, "explain."); ok {
		return bot.Lines(b.words.Line("explain."+what, "run", b.settings.Run)).Choose(h.open...), true
	}
	of := func(kinds ...string) bool {
		return slices.ContainsFunc(h.kinds, func(k string) bool { return slices.Contains(kinds, k) })
	}
	listed := of("results") && !of("introduction", "gather")
	switch {
	case name == "about.detail":
		return bot.Lines(b.words.Line("about.detail")).Choose(b.apart(b.titled(slices.Concat(h.open, h.others)))...), true
	case name == "about.told" && !of("introduction", "waiting"), name == "about.chase" && !of("waiting"):
		return nil, false
	case name == "about.told", name == "about.chase":
		return bot.Lines(b.words.Line(name)).Choose(h.open...), true
	case name == "about.nearer" && listed:
		return b.nearer(m, h), true
	case name == "about.who" && of("met", "useful", "touch"):
		return bot.Lines(b.words.Line("about.met")).Choose(b.titled(slices.Concat(h.open, h.others))...), true
	case listed && (name == "about.who" || name == "introduce.who"):
		return bot.Lines(b.words.Line("about.results.who")).Choose(b.each(m, h)...), true
	case listed && (name == "about.then" || name == "introduce.then"):
		return bot.Lines(b.words.Line("about.results.then")).Choose(h.open...), true
	case listed && (name == "about.why" || name == "introduce.why"):
		return bot.Lines(b.words.Line("about.results.why")).Choose(h.open...), true
	}
	answer, ok := map[string]string{"about.then": "then", "introduce.then": "then", "about.later": "later", "introduce.until": "later"}[name]
	if !ok || of("introduction", "gather", "waiting") {
		return nil, false
	}
	for _, kind := range []string{"forget", "list", "watch"} {
		if slices.Contains(h.kinds, kind) {
			return bot.Lines(b.words.Line("about." + kind + "." + answer)).Choose(h.open...), true
		}
	}
	return nil, false
}

// nearer says how what a list answers is asked for near a place.
func (b *Bot) nearer(m bot.Message, h heard) bot.Reply {
	what, ok := b.listed(m, h)
	if !ok {
		return bot.Lines(b.words.Line("about.near")).Choose(h.open...)
	}
	return bot.Lines(b.words.Line("about.nearer", "what", what)).Choose(h.open...)
}

// each are the groups of the open list, each to be read about.
func (b *Bot) each(m bot.Message, h heard) (choices []bot.Choice) {
	for _, c := range h.open {
		command, values, ok := b.book.Match(c.Say, b.today(m))
		if ok && command == "introduce.ask" {
			choices = append(choices, bot.Choice{Label: b.words.Plain("about.each", "label", c.Label), Say: b.words.Say("register.theirs", "name", values["name"].Text)})
		}
	}
	others := slices.DeleteFunc(slices.Clone(h.open), func(c bot.Choice) bool { return says(choices, c) })
	return append(others, choices...)
}

// listed is what the open list of groups answers.
func (b *Bot) listed(m bot.Message, h heard) (what string, ok bool) {
	for _, c := range h.open {
		if command, values, ok := b.book.Match(c.Say, b.today(m)); ok && command == "introduce.ask" && values["what"].Text != "" {
			return values["what"].Text, true
		}
	}
	return "", false
}
