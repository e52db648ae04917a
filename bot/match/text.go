package match

import (
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/clipperhouse/uax29/v2/words"

	"ginnel/bot/spelling"
)

// A token is a word of a text, where it stood and as it is compared.
type token struct {
	start, end int
	word       string // folded
}

// tokens splits s at the word boundaries of Unicode (UAX #29) and folds each word: case, accents and curly
// apostrophes do not count. What has no letter and no digit is left out. Of words joined by a hyphen the
// joined form comes too, so that book-keeping and bookkeeping meet.
func tokens(s string, take func(token)) {
	it := words.FromString(s)
	var last token
	for it.Next() {
		v := it.Value()
		if strings.IndexFunc(v, spelling.InWord) < 0 {
			if v != "-" && v != "‐" && v != "‑" {
				last = token{}
			}
			continue
		}
		t := token{it.Start(), it.End(), spelling.Fold(v)}
		take(t)
		if last.word != "" && t.start > last.end {
			take(token{last.start, t.end, last.word + t.word})
		}
		last = t
	}
}

// maxWordLength is how many bytes of a word are compared: nobody means the rest.
const maxWordLength = 64

// stem is the Snowball English stem of a folded word, or one of its own where that would be another meaning's.
func stem(word string) string {
	if s, ok := ownStems[word]; ok {
		return s
	}
	if len(word) > maxWordLength {
		word = strings.ToValidUTF8(word[:maxWordLength], "")
	}
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	return env.Current()
}

// ownStems are words that Snowball takes for quite other ones: to it the treasurer keeps treasures, publicity is
// whatever is public, and who has projects has a projector. The words of a line are alike, and like no others.
var ownStems = lists.alike("stems")

// stopWords carry nothing of what is wanted: the grammar of English, and the manners of asking in a chat.
var stopWords = lists.set("stop")

// weakWords say little alone, however rare they are in a small register.
var weakWords = lists.set("weak")

// weakness is what a weak word counts of what it would.
const weakness = 0.35
