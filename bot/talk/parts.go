package talk

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/language"
	"ginnel/bot/language/intent"
)

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
		return ok && p.Guesses[0].P >= intent.Likely || bare(p.Text)
	})
	unread := slices.ContainsFunc(parts, func(p intent.Part) bool {
		_, _, phrase := b.book.Match(p.Text, b.today(m))
		return !phrase && p.Guesses[0].P < intent.Likely || strings.HasPrefix(p.Guesses[0].Intent, "about.")
	})
	if both := slices.Concat(h.open, h.others); answered && (unread || b.book.Conditional(language.Fold(m.Text))) && len(both) > 0 {
		return bot.Answer{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.unclear")).Choose(b.apart(both)...)}
	}
	for _, p := range parts {
		if b.tells(m, args, p) {
			continue
		}
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

// tells tells whether a part of several only explains: “we are running a jumble sale” names no group when somebody says it who
// speaks for one.
func (b *Bot) tells(m bot.Message, args bot.Args, p intent.Part) bool {
	name, values, ok := b.book.Match(p.Text, b.today(m))
	return ok && name == "register.we" && len(args.Standings) > 0 && values["place"].Place == "" && likelihood(p.Guesses, name) < intent.Likely
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
