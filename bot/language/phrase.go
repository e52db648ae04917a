package language

import (
	"fmt"
	"slices"
	"strings"
)

// A phrase is one way of saying a command, its optional tails either there or not.
type phrase struct {
	command string
	number  int // of the line in its section; Say uses the first
	text    string
	tokens  []token
}

// A token is a literal word or a slot.
type token struct {
	word string // folded; for a slot ""
	slot string
	kind slotKind
}

type slotKind string

// The kinds of slot. A date, a number and a place may refuse what is in them; the others take anything.
const (
	anything     slotKind = ""
	organisation slotKind = "organisation"
	date         slotKind = "date"
	number       slotKind = "number"
	place        slotKind = "place"
)

// The longest that a typed slot may be, in words: more is no date, number or place.
const typedWords = 8

// Messages of more words than this are not matched: no command is that long, and work stays bounded.
const phraseWords = 500

func (k slotKind) typed() bool { return k == date || k == number || k == place }

// parsePhrase expands the optional tails of one line of a word file: every subset is a phrase.
func parsePhrase(command string, line int, text string) ([]phrase, error) {
	forms, err := expand(text, parseTokens)
	if err != nil {
		return nil, err
	}
	var out []phrase
	for _, f := range forms {
		if len(f) == 0 {
			return nil, fmt.Errorf("%q can be empty", text)
		}
		for i := 1; i < len(f); i++ {
			if f[i].slot != "" && f[i-1].slot != "" && !f[i].kind.typed() && !f[i-1].kind.typed() {
				return nil, fmt.Errorf("nobody can tell {%s} from {%s} in %q", f[i-1].slot, f[i].slot, text)
			}
		}
		out = append(out, phrase{command: command, number: line, text: text, tokens: f})
	}
	return out, nil
}

// expand is every form of text, with and without each of the tails that stand in brackets, as parse reads them.
func expand[T any](text string, parse func(string) ([]T, error)) (forms [][]T, err error) {
	forms = [][]T{nil}
	for rest := text; rest != ""; {
		fixed, after, bracket := strings.Cut(rest, "[")
		tokens, err := parse(fixed)
		if err != nil {
			return nil, err
		}
		for i := range forms {
			forms[i] = append(slices.Clip(forms[i]), tokens...)
		}
		if !bracket {
			break
		}
		tail, next, closed := strings.Cut(after, "]")
		if !closed {
			return nil, fmt.Errorf("a [ without its ] in %q", text)
		}
		optional, err := parse(tail)
		if err != nil {
			return nil, err
		}
		for _, f := range slices.Clone(forms) {
			forms = append(forms, append(slices.Clip(f), optional...))
		}
		rest = next
	}
	return forms, nil
}

func parseTokens(s string) ([]token, error) {
	var out []token
	for _, w := range strings.Fields(strings.NewReplacer(",", " , ", "{", " {", "}", "} ").Replace(s)) {
		if w[0] != '{' {
			if w == ":" || w == "," {
				out = append(out, token{word: w})
				continue
			}
			for _, f := range Fold(w) {
				out = append(out, token{word: f})
			}
			continue
		}
		name, kind, _ := strings.Cut(strings.Trim(w, "{}"), ":")
		k := slotKind(kind)
		if name == "" || !(k.typed() || k == anything || k == organisation) {
			return nil, fmt.Errorf("%s is no slot", w)
		}
		out = append(out, token{slot: name, kind: k})
	}
	return out, nil
}

func (p phrase) shape() string {
	var b strings.Builder
	for _, t := range p.tokens {
		switch {
		case t.slot == "":
			b.WriteString(" " + t.word)
		case t.kind.typed():
			b.WriteString(" {" + string(t.kind) + "}")
		default:
			b.WriteString(" {}")
		}
	}
	return b.String()
}

func (p phrase) slots() []string {
	var names []string
	for _, t := range p.tokens {
		if t.slot != "" {
			names = append(names, t.slot)
		}
	}
	return names
}

func (p phrase) filledBy(values map[string]any) bool {
	for _, t := range p.tokens {
		if t.slot != "" && isBlank(values[t.slot]) {
			return false
		}
	}
	return true
}
