package register

import (
	_ "embed"
	"regexp"
	"strings"

	"ginnel/bot"
)

// ReadTerms reads what an offer costs out of its words; Unsaid when they do not say, or say several things
// (“free for charities, £20 an hour for others”).
func ReadTerms(text string) bot.Terms {
	text = strings.ReplaceAll(strings.Join(strings.Fields(strings.ToLower(text)), " "), "’", "'")
	found := map[bot.Terms]bool{}
	for _, s := range spoken {
		left := s.words.ReplaceAllString(text, "$1…")
		if left != text {
			found[s.terms] = true
		}
		text = left
	}
	switch {
	case found[bot.Free] && found[bot.Charged]:
		return bot.Unsaid
	case found[bot.AtCost]:
		return bot.AtCost
	case found[bot.Charged]:
		return bot.Charged
	case found[bot.Free]:
		return bot.Free
	}
	return bot.Unsaid
}

//go:embed words/en.terms.txt
var termsFile string

// A pattern is ways to speak of terms, to be looked for together.
type pattern struct {
	terms bot.Terms
	words *regexp.Regexp
}

// spoken are the ways to speak of terms in the order of their file, which says what its lines are.
var spoken = readTerms(termsFile)

// readTerms ends the program as it starts when the file is wrong.
func readTerms(file string) (spoken []pattern) {
	known := map[string]bot.Terms{"unsaid": bot.Unsaid, "free": bot.Free, "at cost": bot.AtCost, "charged": bot.Charged}
	parts := []string{}
	var together []string
	terms := ""
	end := func() {
		if len(together) > 0 {
			// In the one group stands what comes before the words.
			words := `(^|[^\pL\pN])(?:` + strings.Join(together, "|") + `)\b`
			spoken = append(spoken, pattern{known[terms], regexp.MustCompile(words)})
			together = nil
		}
	}
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		key, words, _ := strings.Cut(line, ":")
		words = strings.NewReplacer(parts...).Replace(strings.TrimSpace(words))
		part, isPart := strings.CutPrefix(key, "part ")
		around, alone := strings.CutPrefix(key, "around ")
		if _, ok := known[around]; !ok && !isPart && line != "" && line[0] != '#' {
			panic("words of register: no terms are called " + key)
		}
		if key != terms {
			end()
		}
		switch {
		case line == "" || line[0] == '#':
		case isPart:
			parts = append(parts, "{"+part+"}", words)
		case alone:
			spoken = append(spoken, pattern{known[around], regexp.MustCompile(words)})
		default:
			terms, together = key, append(together, words)
		}
	}
	end()
	return spoken
}
