package language

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

func (b *Book) say(command string, values map[string]any) string {
	s := b.sections[command]
	if s == nil || len(s.understood) == 0 {
		panic(fmt.Sprintf("no command %q to say", command))
	}
	var best *phrase
	for i, p := range b.phrases {
		// Of the first phrase's forms, the longest whose blanks can all be filled.
		if p.command == command && p.number == 1 && p.filledBy(values) && (best == nil || len(p.tokens) > len(best.tokens)) {
			best = &b.phrases[i]
		}
	}
	for i, p := range b.phrases {
		// What can be said of nothing in particular is said in the words that have no blanks.
		if best == nil && len(values) == 0 && p.command == command && len(p.slots()) == 0 {
			best = &b.phrases[i]
		}
	}
	if best == nil {
		panic(fmt.Sprintf("command %q cannot be said with %v", command, values))
	}
	for slot, v := range values {
		if !isBlank(v) && !slices.Contains(best.slots(), slot) {
			panic(fmt.Sprintf("command %q says nothing of %q", command, slot))
		}
	}
	return best.say(b.dates, values)
}

func (p *phrase) say(d *dates, values map[string]any) string {
	var out strings.Builder
	for i, t := range p.tokens {
		if i > 0 && t.word != "," && t.word != ":" {
			out.WriteByte(' ')
		}
		if t.slot == "" {
			out.WriteString(t.word)
		} else {
			out.WriteString(clean.Quote(d.show(values[t.slot])))
		}
	}
	return out.String()
}

// SayLike is Say with the phrase of the command that has just the slots of values, so that a sentence
// understood by any of its phrases can be said again with one value changed.
func (b *Book) SayLike(command string, values map[string]any) string {
	for _, p := range b.phrases {
		slots := 0
		for _, t := range p.tokens {
			if t.slot != "" {
				slots++
			}
		}
		if p.command == command && slots == len(values) && p.filledBy(values) {
			return p.say(b.dates, values)
		}
	}
	return b.say(command, values)
}

// SayWhatFits is the sentence that gives command with as many of the values as one of its phrases takes; ok is false when none
// can be said with them, because a value is missing or refused. Values that no phrase takes are left out.
func (b *Book) SayWhatFits(command string, values map[string]string) (say string, ok bool) {
	filled := map[string]any{}
	for slot, v := range values {
		if v != "" {
			filled[slot] = v
		}
	}
	most := -1
	for _, p := range b.phrases {
		n := len(p.slots())
		if p.command != command || n <= most || !p.filledBy(filled) {
			continue
		}
		s := p.say(b.dates, filled)
		if name, read, ok := b.Match(s, bot.Day(2026, time.January, 15)); ok && name == command && len(read) == n {
			say, most = s, n
		}
	}
	return say, most >= 0
}

// Blank is the first phrase of command as the sentence of a form: the blank of each slot is named in braces, and an optional
// tail stays in brackets. slots are those that the form has fields for; a tail with another slot is left out. An unknown
// command, or a slot outside any tail that the form has no field for, panics.
func (w Words) Blank(command string, slots ...string) string {
	s := w.book.sections[command]
	if s == nil || len(s.understood) == 0 {
		panic(fmt.Sprintf("no command %q to say", command))
	}
	say := slotKinds.ReplaceAllString(s.understood[0], "{$1}")
	has := func(text string) bool {
		return !slices.ContainsFunc(slotNames.FindAllStringSubmatch(text, -1), func(m []string) bool { return !slices.Contains(slots, m[1]) })
	}
	say = tails.ReplaceAllStringFunc(say, func(tail string) string {
		if has(tail) {
			return tail
		}
		return ""
	})
	if !has(say) {
		panic(fmt.Sprintf("command %q cannot be said with %v alone", command, slots))
	}
	return strings.TrimSpace(say)
}

var (
	slotKinds = regexp.MustCompile(`\{(\w+):\w+\}`)
	slotNames = regexp.MustCompile(`\{(\w+)\}`)
	tails     = regexp.MustCompile(`\s*\[[^]]*\]`)
)
