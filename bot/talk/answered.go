package talk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/language"
)

// What an answer may be, at the longest; anything more is a sentence of its own.
const longestAnswer = 80

// heard is what a message turned out to be beside what was offered before it.
type heard struct {
	text    string
	open    []bot.Choice // what was last offered, and is not answered yet
	others  []bot.Choice // what other posts offer here
	kinds   []string     // of question that stand open, the newest first
	unclear []bot.Choice // those of them that may be meant by an answer that is no plain one
	picked  *bot.Offered // whose choice it was, nil when it was none
	choice  bot.Choice   // which
	nested  bool         // the organisation was named in front, as in “for the Choir: …”
	vouched bool         // it was said that nobody in particular is meant
	tailed  []bot.Choice // what is picked with a condition behind it: “ask the first one, but not before May”
}

// answered turns a number, a yes or a label of what was last offered into the sentence it stands for.
func (b *Bot) answered(ctx context.Context, m bot.Message) (heard, error) {
	offered, closed, err := b.offered(ctx, m)
	if err != nil {
		return heard{}, fmt.Errorf("what was offered: %w", err)
	}
	h := heard{text: m.Text}
	h.open, h.others = b.stillOpen(offered)
	h.kinds = b.kindsOf(offered, m)
	if m.Pressed {
		h.pick(offered, bot.Choice{Say: m.Text})
		return h, nil
	}
	if utf8.RuneCountInString(m.Text) > longestAnswer || strings.Contains(m.Text, "\n") {
		return h, nil
	}
	words := language.Fold(m.Text)
	meant := b.picked(offered, strings.Join(words, " "))
	plain := b.book.WithoutCourtesies(words)
	if len(meant) == 0 {
		meant = b.picked(offered, strings.Join(plain, " "))
	}
	if bare := b.book.Bare(plain); len(meant) == 0 && len(bare) > 0 {
		meant = b.picked(offered, strings.Join(bare, " "))
	}
	if len(meant) == 0 {
		meant = b.taken(offered, plain, h.open)
	}
	if i := b.book.Condition(plain); i > 0 && len(meant) == 0 {
		if h.tailed = b.taken(offered, plain[:i], h.open); len(h.tailed) > 0 {
			return h, nil
		}
	}
	if doubtful(m.Text) && len(meant) > 0 {
		h.unclear, meant = meant, nil // “yes?” is a question
		return h, nil
	}
	if len(meant) == 0 {
		if answer, unsure, n := b.book.Meant(plain); n > 0 {
			// “Yes, but not before Christmas” is no yes, and “ok” may be none.
			if n == len(plain) && !unsure && !doubtful(m.Text) {
				meant = b.picked(offered, answer)
			}
			if _, _, other := b.book.Match(strings.Join(plain[n:], " "), b.today(m)); !other {
				h.unclear = b.labelled(offered, answer)
			}
		}
	}
	if answer, unsure, n := b.book.Meant(plain); n > 0 && n == len(plain) && !unsure {
		meant = b.alsoAnswered(offered, answer, meant)
	}
	switch len(meant) {
	case 0:
		if closed && b.isAnswer(plain) {
			return heard{}, b.words.Trouble("problem.closed")
		}
		return h, nil
	case 1:
		h = heard{text: meant[0].Say, kinds: h.kinds, open: h.open, others: h.others}
		h.pick(offered, meant[0])
		return h, nil
	}
	return heard{}, &bot.Problem{Reply: bot.Lines(b.words.Line("problem.two")).Choose(b.apart(meant)...)}
}

// pick notes from which message a choice is.
func (h *heard) pick(offered []bot.Offered, c bot.Choice) {
	for i, o := range offered {
		if n := slices.IndexFunc(o.Choices, func(d bot.Choice) bool { return d.Say == c.Say }); n >= 0 && !o.Stale {
			h.picked, h.choice = &offered[i], o.Choices[n]
			return
		}
	}
}

// outcome changes the message whose choice was picked, where the network can: it says what was answered and loses those
// choices. Lists from which more may be picked stay as they are.
func (b *Bot) outcome(m bot.Message, h heard) []bot.Post {
	o := h.picked
	if o == nil || o.Shown == nil || h.choice.Stays || m.On == "" && o.Place != m.Where.Place() {
		return nil
	}
	var now bot.Reply
	for _, block := range o.Shown {
		if says(block.Choices, h.choice) {
			block = bot.Block{Line: b.words.Line("answered.done", "label", h.choice.Label)}
		}
		now = append(now, block)
	}
	return []bot.Post{{
		Key: o.Key + "/answered/" + string(m.ID), Where: m.Where, To: m.On, For: m.From.ID, Urgency: bot.AtOnce, OnlyEdit: true,
		Instead: o.Key, Reply: now, Rest: o.Rest, Open: o.Until, NotAfter: o.Until, About: []string{bot.AboutPerson(m.From)},
	}}
}

// offered is what m may answer: all that is open where it was said, or, in answer to one message, what that one offers.
// closed tells that the message is ours and offers nothing any more.
func (b *Bot) offered(ctx context.Context, m bot.Message) (offered []bot.Offered, closed bool, err error) {
	if m.On != "" {
		here, ours, err := b.store.OfferedOn(ctx, m.From, m.On, m.At)
		if err != nil || ours {
			return here, len(here) == 0, err
		}
	}
	offered, err = b.store.Offered(ctx, m.Where, m.From, m.At)
	return offered, false, err
}

// isAnswer tells whether folded words can only answer something: a number, a yes, a no.
func (b *Bot) isAnswer(words []string) bool {
	if isNumber(strings.Join(words, " ")) {
		return true
	}
	_, _, n := b.book.Meant(words)
	return n > 0 && n == len(words)
}

// picked are the choices that said may mean, one for each sentence. offered is the newest first.
func (b *Bot) picked(offered []bot.Offered, said string) []bot.Choice {
	// A number is of the list that was read last, when that is a reply. When something came in between, it may be of either.
	if isNumber(said) && len(offered) > 0 && offered[0].Reply && !offered[0].Stale {
		offered = offered[:1]
	}
	var meant, replied, open []bot.Choice
	for _, o := range offered {
		c, ok := pick(o.Choices, said)
		if o.Stale && !(ok && c.Stays && isNumber(said)) {
			continue
		}
		if o.Reply {
			open = o.Choices
			if ok {
				replied = []bot.Choice{c}
			}
		}
		if ok && !says(meant, c) {
			meant = append(meant, c)
		}
	}
	// Who was asked which of them it is has answered that.
	if len(replied) > 0 && !slices.ContainsFunc(meant, func(c bot.Choice) bool { return !says(open, c) }) {
		return replied
	}
	return meant
}

// taken is what folded words take of the list shown last: its second, or the one whose label holds a name.
func (b *Bot) taken(offered []bot.Offered, words []string, open []bot.Choice) []bot.Choice {
	taken := b.book.Taken(words)
	if which, ok := b.book.Ordinal(taken, len(open)); ok {
		return b.picked(offered, strconv.Itoa(which+1))
	}
	if len(taken) == len(words) {
		return nil // nothing says that it is taken
	}
	if isNumber(strings.Join(taken, " ")) {
		return b.picked(offered, strings.Join(taken, " "))
	}
	var held []bot.Choice
	for _, c := range open {
		if _, values, ok := b.book.Match(c.Say, bot.Date{}); ok && has(language.Fold(c.Label), taken) && len(values) > 0 {
			held = append(held, c)
		}
	}
	if len(held) != 1 {
		return nil
	}
	return held
}

// alsoAnswered adds to what an answer means by its label the questions that it answers in other words: a yes to “did you meet?”
// is “we met”. Who answers a reply has answered that.
func (b *Bot) alsoAnswered(offered []bot.Offered, label string, meant []bot.Choice) []bot.Choice {
	for _, o := range offered {
		if o.Reply && slices.ContainsFunc(o.Choices, func(c bot.Choice) bool { return says(meant, c) }) {
			return meant
		}
	}
	for _, o := range offered {
		for _, c := range o.Choices {
			command, _, ok := b.book.Match(c.Say, bot.Date{})
			if !o.Stale && !o.Reply && ok && slices.Contains(answering[label], command) && !says(meant, c) {
				meant = append(meant, c)
			}
		}
	}
	return meant
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

func says(choices []bot.Choice, c bot.Choice) bool {
	return slices.ContainsFunc(choices, func(d bot.Choice) bool { return d.Say == c.Say })
}

// apart gives choices of one label each the label of its sentence: a yes to one and a yes to another.
func (b *Bot) apart(choices []bot.Choice) []bot.Choice {
	count := map[string]int{}
	for _, c := range choices {
		count[c.Label]++
	}
	out := slices.Clone(choices)
	for i, c := range out {
		if count[c.Label] > 1 {
			out[i].Label = b.title(c)
		}
	}
	return out
}

// stillOpen are the choices of the last reply that can be answered, and then those of other posts, newest first, as long as
// they are not too many to read. What only a guess added to them is left out.
func (b *Bot) stillOpen(offered []bot.Offered) (open, others []bot.Choice) {
	const most = 12
	for _, o := range offered {
		if o.Stale {
			continue
		}
		if o.Reply {
			open = slices.Clone(o.Choices)
		} else if len(others)+len(o.Choices) <= most || len(others) == 0 {
			others = append(others, o.Choices[:min(len(o.Choices), most)]...)
		}
	}
	open = slices.DeleteFunc(open, func(c bot.Choice) bool { return says(others, c) })
	n := len(open)
	// What was only suggested is suggested no more.
	if n > 0 && open[n-1].Say == b.words.Say("talk.else") && open[0].Label == unmarked(open[0].Say) {
		return slices.DeleteFunc(open[:n-1], func(c bot.Choice) bool { return c.Label == unmarked(c.Say) }), others
	}
	if n == 0 || open[n-1].Say != b.words.Say("talk.help") {
		return open, others
	}
	open = open[:n-1]
	isNo := func(c bot.Choice) bool { return c.Label == b.words.Plain("problem.no") }
	// Whether a spelling was meant; a question that can be answered with yes has a no.
	if n > 1 && open[0].Label == b.words.Plain("problem.yes") && !slices.ContainsFunc(open, isNo) {
		open = open[1:]
	}
	return open, others
}

// labelled are all choices of those posts that have one of that label.
func (b *Bot) labelled(offered []bot.Offered, label string) (all []bot.Choice) {
	for _, o := range offered {
		if o.Stale {
			continue
		}
		fits := slices.ContainsFunc(o.Choices, func(c bot.Choice) bool {
			command, _, _ := b.book.Match(c.Say, bot.Date{})
			return c.Label == label || strings.HasPrefix(c.Label, label+",") || slices.Contains(answering[label], command)
		})
		for _, c := range o.Choices {
			if fits && !says(all, c) {
				all = append(all, c)
			}
		}
	}
	return b.apart(all)
}

func pick(choices []bot.Choice, said string) (bot.Choice, bool) {
	if n, err := strconv.Atoi(said); err == nil {
		if n >= 1 && n <= len(choices) {
			return choices[n-1], true
		}
		return bot.Choice{}, false
	}
	var begins []bot.Choice
	for _, c := range choices {
		label := strings.Join(language.Fold(c.Label), " ")
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
	return bot.Choice{}, false
}
