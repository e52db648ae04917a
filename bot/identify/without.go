package identify

import (
	"slices"
	"strings"
)

// Without is text less what tells who somebody is: “somebody” stands for a name, and anything else is left out with the
// words that lead to it. ok is false when that leaves nothing to say, or still tells. known is as in Find.
func Without(text string, known ...string) (rest string, ok bool) {
	const rounds = 12 // what is left may tell something else
	rest = text
	for range rounds {
		found := Find(rest, known...)
		if len(found) == 0 {
			return rest, says(rest)
		}
		// Names first: what is told of them tells that they are some.
		next := found[len(found)-1]
		if i := slices.IndexFunc(found, func(f Finding) bool { return f.Kind == Name }); i >= 0 {
			next = found[i]
		}
		rest = strings.Join(strings.Fields(next.cut(rest)), " ")
	}
	return "", false
}

// cut takes f out of text.
func (f Finding) cut(text string) string {
	before, what, after := text[:f.Start], text[f.Start:f.End], text[f.End:]
	words := wordsOf(before)
	if f.Kind == Name && endsIn("helped", words) {
		return strings.TrimRight(before, " ") + after
	}
	if f.Kind == Name {
		for name := range lists().words["somebody"] {
			if strings.HasSuffix(what, "'s") || strings.HasSuffix(what, "’s") {
				name += "'s"
			}
			return before + name + after
		}
	}
	reached := f.Kind == Phone || f.Kind == Email || f.Kind == Handle // “ring somebody on …” goes as a whole
	for len(words) > 0 && (lists().has("hanging", words[len(words)-1].small) || reached && lists().has("somebody", words[len(words)-1].small)) {
		before = before[:words[len(words)-1].start]
		words = words[:len(words)-1]
	}
	before, after = strings.TrimRight(before, " ,;:-–@("), strings.TrimLeft(after, " ,;:-–#)")
	if after == "" || strings.ContainsAny(after[:1], ".!?") {
		return before + after
	}
	return before + " " + after
}

// endsIn tells whether the last words are an entry of list.
func endsIn(list string, words []word) bool {
	const longest = 3
	for n := 1; n <= min(longest, len(words)); n++ {
		if lists().longestOf(list, words[len(words)-n:]) == n {
			return true
		}
	}
	return false
}

// says tells whether a text has enough words left to mean something.
func says(text string) bool {
	const fewest = 3
	words := wordsOf(text)
	return len(words) >= fewest && slices.ContainsFunc(words, func(w word) bool {
		return !lists().has("hanging", w.small) && !lists().has("somebody", w.small) && !lists().has("between", w.small)
	})
}
