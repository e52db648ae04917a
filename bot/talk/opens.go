package talk

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"ginnel/bot"
	"ginnel/bot/language"
)

// opens are the kinds of question that stand open while a choice that says one of these commands does.
var opens = []struct{ command, kind string }{
	{"introduce.yes", "introduction"},
	{"introduce.together", "gather"},
	{"register.list", "list"},
	{"question.watchnot", "watch"},
	{"rights.good", "forget"},
	{"question.tell", "thanks"},
	{"nudge.wemet", "met"},
	{"nudge.helped", "useful"},
	{"nudge.intouch", "touch"},
	{"nudge.looking", "found"},
	{"register.true", "true"},
	{"introduce.withdraw", "waiting"},
	{"introduce.ask", "results"},
	{"register.gone", "undo"},
	{"talk.else", "guess"},
}

// answers are the readings that answer what stands open.
var answers = map[string]string{
	"answer.yes": "yes", "answer.no": "no", "answer.notnow": "notnow", "introduce.know": "know", "introduce.never": "never",
	"nudge.wemet": "wemet", "nudge.notyet": "notyet", "nudge.didnot": "didnot", "nudge.helped": "helped", "nudge.nohelp": "nohelp",
	"nudge.intouch": "intouch", "nudge.notouch": "notouch", "nudge.looking": "looking", "question.tell": "tell", "question.keep": "keep",
	"question.watchnot": "watchnot", "register.notyet": "notyet list", "register.back": "undo",
}

// answering are the commands of choices that give each of those answers, the fullest first.
var answering = map[string][]string{
	"yes":    {"introduce.yes", "introduce.together", "register.list", "question.tell", "nudge.wemet", "nudge.helped", "nudge.intouch", "register.true"},
	"no":     {"introduce.no", "introduce.nottogether", "register.notyet", "rights.keep", "question.watchnot", "question.keep", "nudge.nohelp", "nudge.notouch", "talk.else"},
	"notnow": {"introduce.notnow", "introduce.nottogether", "register.notyet", "question.watchnot", "nudge.notyet"},
	"know":   {"introduce.know"},
	"never":  {"introduce.never"},
	"wemet":  {"nudge.wemet"}, "notyet": {"nudge.notyet"}, "didnot": {"nudge.didnot"}, "helped": {"nudge.helped"}, "nohelp": {"nudge.nohelp"},
	"intouch": {"nudge.intouch"}, "notouch": {"nudge.notouch"}, "looking": {"nudge.looking"}, "tell": {"question.tell"}, "keep": {"question.keep"},
	"watchnot": {"question.watchnot"}, "notyet list": {"register.notyet"},
	"undo": {"register.gone", "register.back", "introduce.withdraw", "digest.speak", "digest.unpause", "digest.stop", "question.meansnot"},
}

// kindsOf are the kinds of question in what is offered, the newest first.
func (b *Bot) kindsOf(offered []bot.Offered, m bot.Message) (kinds []string) {
	for _, o := range offered {
		if o.Stale {
			continue
		}
		for _, c := range o.Choices {
			command := b.meaning(c.Say, m)
			for _, k := range opens {
				if k.command == command && !slices.Contains(kinds, k.kind) {
					kinds = append(kinds, k.kind)
				}
			}
		}
	}
	return kinds
}

// answerable are the open choices that give an answer.
func (b *Bot) answerable(label string, m bot.Message, h heard) (meant []bot.Choice) {
	for _, c := range slices.Concat(h.open, h.others) {
		command := b.meaning(c.Say, m)
		if command == "talk.for" {
			_, values, _ := b.book.Match(c.Say, b.today(m))
			command = b.meaning(values["rest"].Text, m)
		}
		if label == "undo" && command == "register.gone" && !strings.HasPrefix(c.Label, b.words.Plain("line.undo")) {
			continue // “which of these is gone?” takes nothing back
		}
		if (slices.Contains(answering[label], command) || (label == "yes" || label == "no") && c.Label == b.words.Plain("problem."+label)) && !says(meant, c) {
			meant = append(meant, c)
		}
	}
	return meant
}

// followAnswer answers the one question that stands open; with several, or when it is not sure, it is asked which. A question
// that is over is never answered.
func (b *Bot) followAnswer(ctx context.Context, m bot.Message, args bot.Args, h heard, label string, sure bool) (bot.Answer, error) {
	meant := b.answerable(label, m, h)
	// “Yes, but not before Christmas” is no yes, nor is one with a question mark or a grimace behind it.
	if doubtful(m.Text) || label == "yes" && (b.reader.Slots("answer.yes", m.Text)["tail"] != "" || b.book.Conditional(language.Fold(m.Text))) {
		sure = false
	}
	switch {
	case len(meant) == 0 && label == "undo":
		m.Text = b.words.Say("register.back")
		return b.one(ctx, m, args, h)
	case len(meant) == 0 && label == "no" && len(h.kinds) > 0 && h.kinds[0] == "results":
		return bot.Answer{Reply: bot.Lines(b.words.Line("chat.noneofthem")).Choose(h.open...)}, nil
	case len(meant) == 0 && len(h.open)+len(h.others) > 0:
		both := slices.Concat(h.open, h.others)
		return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.unclear")).Choose(b.apart(b.titled(both))...)}
	case len(meant) == 0 && len(args.Standings) == 0 && label != "yes":
		return bot.Answer{Reply: bot.Lines(b.words.Line("chat.kept"))}, nil
	case len(meant) == 0 && len(args.Standings) == 0:
		return bot.Answer{Reply: bot.Lines(b.words.Line("chat.noquestion"), b.words.Line("explain.join"))}, nil
	case len(meant) == 0:
		return bot.Answer{Reply: bot.Lines(b.words.Line("chat.noquestion"))}, nil
	case len(meant) == 1 && sure:
		m.Text = meant[0].Say
		return b.one(ctx, m, args, h)
	case len(meant) == 1:
		return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.unclear")).Choose(b.apart(slices.Concat(h.open, h.others))...)}
	}
	return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.two")).Choose(b.apart(b.titled(slices.Clone(meant)))...)}
}

// bare tells whether a message is nothing but numbers and signs.
func bare(text string) bool {
	return strings.ContainsFunc(text, unicode.IsDigit) && !strings.ContainsFunc(text, unicode.IsLetter)
}

// doubtful tells whether a message asks rather than answers, or says with a sign what words do not.
func doubtful(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r == '?' || r == '/' || unicode.Is(unicode.So, r) && !strings.ContainsRune("👍👌🙏😀😃😄😁🙂😊✅❤", r)
	})
}
