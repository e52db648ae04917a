package register

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// justNow is how long after an offer or a need was said something may be added to it without naming it.
const justNow = time.Hour

// last is the entry that was said last; ok is false when none was said just now.
func last(entries []bot.Entry, now time.Time) (e bot.Entry, ok bool) {
	for _, x := range entries {
		if !x.Imported && x.ID > e.ID {
			e = x
		}
	}
	return e, e.ID != 0 && now.Sub(e.Confirmed) < justNow
}

// withTail is an entry with more said of it: “a hall”, “but only on Tuesdays” is “a hall, only on Tuesdays”. leads are words
// before the tail that say nothing.
func withTail(text, tail string, leads []string) string {
	words := strings.Fields(tail)
	for len(words) > 1 && slices.Contains(leads, strings.ToLower(strings.Trim(words[0], ",.;"))) {
		words = words[1:]
	}
	return strings.Trim(text, " ,.;") + ", " + strings.Trim(strings.Join(words, " "), " ,.;!")
}

// corrected is text with to in the place of from, whole words, however they are written; ok is false when from is not in it.
func corrected(text, from, to string) (out string, ok bool) {
	words, wrong := strings.Fields(text), strings.Fields(clean.Fold(from))
	for i := 0; len(wrong) > 0 && i+len(wrong) <= len(words); i++ {
		same := true
		for n, w := range wrong {
			same = same && clean.Fold(words[i+n]) == w
		}
		if same {
			final := words[i+len(wrong)-1]
			end := final[len(strings.TrimRight(final, ",.;:")):]
			return strings.Join(slices.Concat(words[:i], []string{to + end}, words[i+len(wrong):]), " "), true
		}
	}
	return text, false
}

func (r *Register) amend(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	entries, err := r.store.Entries(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("entries: %w", err)
	}
	e, ok := last(entries, m.At)
	if !ok {
		return bot.Answer{}, r.words.Trouble("amend.which")
	}
	return r.replace(ctx, m, args, e, withTail(e.Text, args.Text("tail"), strings.Fields(r.words.Plain("amend.before"))))
}

func (r *Register) correct(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	entries, err := r.store.Entries(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("entries: %w", err)
	}
	from, to := args.Text("from"), args.Text("to")
	e, ok := last(entries, m.At)
	if text, there := corrected(e.Text, from, to); ok && there {
		return r.replace(ctx, m, args, e, text)
	}
	// Of what was not said just now, or may be meant wholly, it is asked.
	var choices []bot.Choice
	for _, e := range entries {
		if text, there := corrected(e.Text, from, to); there && len(choices) < 3 {
			choices = append(choices, r.changing(args, e, text))
		}
	}
	if len(choices) == 0 && ok && from == "" {
		choices = append(choices, r.changing(args, e, to))
	}
	if r.words.Has("question.ask") {
		choices = append(choices, r.words.Choice("correct.ask", "question.ask", "what", to))
		choices[len(choices)-1].Label = r.words.Plain("correct.ask", "what", to)
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("correct.which")).Choose(choices...)}, nil
}

// changing is the choice to have an entry read otherwise.
func (r *Register) changing(args bot.Args, e bot.Entry, text string) bot.Choice {
	return bot.Choice{
		Label: r.words.Plain("change.to", "what", clean.Shorten(text, 60)),
		Say:   r.words.Say("talk.for", "name", args.Name, "rest", r.words.Say("register.change", "what", "#"+e.ID.String(), "to", text)),
	}
}

func (r *Register) change(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	entries, err := r.store.Entries(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("entries: %w", err)
	}
	what, from, to := args.Text("what"), args.Text("from"), args.Text("to")
	found := entries
	if what != "" {
		found = meant(entries, what)
	}
	if len(found) != 1 || what == "" {
		return bot.Answer{Reply: r.which(found, args, what, "register.change")}, nil
	}
	e := found[0]
	if to == "" {
		return bot.Answer{}, r.words.Trouble("change.to.what", "what", e.Text)
	}
	if text, ok := corrected(e.Text, from, to); ok {
		return r.replace(ctx, m, args, e, text)
	}
	// By its number it was chosen with its new words in sight; otherwise it may be an addition.
	if strings.HasPrefix(what, "#") || shareWord(e.Text, to) {
		return r.replace(ctx, m, args, e, to)
	}
	longer := withTail(e.Text, to, strings.Fields(r.words.Plain("amend.before")))
	return bot.Answer{Reply: bot.Lines(r.words.Line("change.how")).Choose(r.changing(args, e, longer), r.changing(args, e, to))}, nil
}

// shareWord tells whether two texts have a word in common that is more than a little one.
func shareWord(a, b string) bool {
	const little = 3
	words := strings.Fields(clean.Fold(a))
	return slices.ContainsFunc(strings.Fields(clean.Fold(b)), func(w string) bool {
		return utf8.RuneCountInString(w) > little && slices.Contains(words, w)
	})
}

// replace has an entry read otherwise, and offers to have it as it was.
func (r *Register) replace(ctx context.Context, m bot.Message, args bot.Args, e bot.Entry, text string) (bot.Answer, error) {
	if utf8.RuneCountInString(text) > longestEntry {
		return bot.Answer{}, r.words.Trouble("offer.long", "n", longestEntry)
	}
	if clean.Fold(text) == "" {
		return bot.Answer{}, r.words.Trouble("change.to.what", "what", e.Text)
	}
	if err := r.store.RemoveEntry(ctx, args.Organisation, e.ID, m.At); err != nil {
		return bot.Answer{}, err
	}
	// One entry stays one, whatever stands in it.
	args.Values = map[string]bot.Value{"what": {Text: strings.ReplaceAll(text, ";", ",")}, "until": {Date: e.Until}}
	add := map[bot.Side]func(context.Context, bot.Message, bot.Args) (bot.Answer, error){bot.Offer: r.offer, bot.Need: r.need}[e.Side]
	a, err := add(ctx, m, args)
	if err != nil {
		return bot.Answer{}, err
	}
	entries, err := r.store.Entries(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("entries: %w", err)
	}
	now, _ := last(entries, m.At)
	back := r.changing(args, now, e.Text)
	back.Label = r.words.Plain("change.back")
	for i := range a.Reply {
		a.Reply[i].Choices = nil
	}
	a.Reply = slices.DeleteFunc(a.Reply, func(b bot.Block) bool { return b.Line == nil && b.List == nil })
	a.Reply = a.Reply.Choose(back)
	return a, nil
}

// rename has a group called otherwise. A name that could be taken for another's goes the way of joining under it.
func (r *Register) rename(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	o, err := r.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	if args.Text("name") == "" {
		return bot.Answer{}, r.words.Trouble("rename.what", "name", strong(o.Name))
	}
	asked := args
	asked.Standings = nil
	asked.Values = map[string]bot.Value{"name": args.Values["name"]}
	if clean.Fold(args.Text("name")) == clean.Fold(o.Name) {
		return r.called(ctx, m, o.ID, clean.OneLine(args.Text("name")))
	}
	d, reply, err := r.draft(ctx, asked)
	if err != nil {
		return bot.Answer{}, err
	}
	_, near, err := r.alike(ctx, d.o.Name)
	if err != nil {
		return bot.Answer{}, err
	}
	// Like its own old name it may be, and often is.
	near = slices.DeleteFunc(near, func(x bot.Organisation) bool { return x.ID == o.ID })
	switch {
	case reply != nil || d.known || d.like != "" && d.like != o.Name && len(near) == 0:
		return bot.Answer{}, r.words.Trouble("rename.taken", "name", args.Text("name"))
	case !args.Coordinator && (len(near) > 0 || d.odd != ""):
		c := bot.Claim{Kind: bot.ClaimName, Organisation: o.ID, Name: d.o.Name, From: m.From, At: m.At}
		return r.claim(ctx, c, o, "")
	}
	a, err := r.called(ctx, m, o.ID, d.o.Name)
	if err == nil {
		a.Reply = a.Reply.Choose(bot.Choice{
			Label: r.words.Plain("change.back"),
			Say:   r.words.Say("talk.for", "name", d.o.Name, "rest", r.words.Say("register.rename", "name", o.Name)),
		})
	}
	return a, err
}

// called gives a group a name.
func (r *Register) called(ctx context.Context, m bot.Message, id bot.OrganisationID, name string) (bot.Answer, error) {
	old := ""
	o, err := r.update(ctx, m, bot.Args{Organisation: id}, func(o *bot.Organisation) {
		old, o.Name = o.Name, name
		o.Sensitive = hides(*o)
	})
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("rename.done", "old", old, "name", strong(o.Name))), Later: []bot.Message{offersChanged(m, id)}}, nil
}
