// Package danger tells what is said of people in danger from everything else that is said to a register of groups.
//
// It has learnt from the examples in this folder, one sentence a line, a file a kind, which a safeguarding lead can read,
// correct and add to: whoever adds a sentence that was missed has mended it. signs.txt says which words tell the same. What
// is said to prevent danger in general, such as a course or a charity's account of itself, is among the harmless examples.
// The package only thinks: it keeps nothing, and the same text is always read alike.
package danger

import (
	"strings"
	"sync"
)

// Level is how sure the reader is.
type Level int

// The levels. Whatever is not None is no message for other people: it is answered in private and not kept.
const (
	None   Level = iota
	Doubt        // it may be about somebody in danger: keep it private, and ask what is meant
	Danger       // somebody is in danger
)

func (l Level) String() string { return [...]string{"none", "doubt", "danger"}[l] }

// Kind is what somebody is in danger of: the name of a file in examples/danger.
type Kind string

// Verdict is what a text was read as. Kind is empty when Level is None, and a guess otherwise: good enough to choose a
// telephone line by, and not to be shown as a finding.
type Verdict struct {
	Level Level
	Kind  Kind
}

// From which probability on a text is danger, and from which in doubt. To miss somebody in danger is far worse than to ask
// once too often, so doubt begins well below one half.
const (
	surely = 0.65
	maybe  = 0.41
)

// How many bytes of a text are read. What is longer is read in its beginning only; no plain message is.
const longest = 8000

// A sentence alone says less than the whole, so more of it is asked.
const alone = 0.05

// Read tells whether text speaks of somebody in danger. The work grows with the length of the text and ends at 8,000
// bytes; a message of ordinary length takes well under a millisecond. It may be called from several goroutines.
func Read(text string) Verdict {
	m := reader()
	p, kind := m.read(text)
	switch {
	case p >= surely:
		return Verdict{Danger, kind}
	case p >= maybe:
		return Verdict{Doubt, kind}
	}
	return Verdict{}
}

// reader learns at its first use; everything it knows is in this package.
var reader = sync.OnceValue(func() *model { return learn(signs(), examples()) })

// read returns the probability of danger of the whole text or of the sentence that has most of it, and the likeliest kind.
func (m *model) read(text string) (p float64, kind Kind) {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	sentences := sentencesOf(text)
	var whole []string
	for _, s := range sentences {
		whole = append(whole, m.mender.mended(s)...)
	}
	if len(whole) == 0 {
		return 0, ""
	}
	p, worst := m.danger(whole), whole
	if len(sentences) > 1 {
		for _, s := range sentences {
			if q := m.danger(s) - alone; q > p {
				p, worst = q, s
			}
		}
	}
	return p, m.kind(worst)
}
