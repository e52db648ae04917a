package language

import (
	"errors"
	"strings"

	"ginnel/bot"
)

// Match finds the command that text says and the values of its slots. Where several phrases fit, the
// leftmost literal word beats a slot, and a slot of a kind beats a free one.
func (b *Book) Match(text string, today bot.Date) (command string, args map[string]bot.Value, ok bool) {
	m := matcher{book: b, text: text, words: speak(text), today: today, same: func(a, b string) bool { return a == b }}
	if len(m.words) > phraseWords {
		return "", nil, false
	}
	m.words = m.words[:len(m.words)-b.thanksWords(m.words, text)]
	p, f, ok := b.best(&m)
	if !ok {
		if n := b.politeWords(m.words); n > 0 && n < len(m.words) {
			m.words = m.words[n:]
			p, f, ok = b.best(&m)
		}
	}
	if !ok {
		return "", nil, false
	}
	return p.command, f.values, true
}

func (b *Book) best(m *matcher) (*phrase, *fit, bool) {
	var chosen *phrase
	var best *fit
	for i := range b.phrases {
		p := &b.phrases[i]
		if first := p.tokens[0]; first.slot == "" && (len(m.words) == 0 || m.words[0].quoted || !m.same(first.word, m.words[0].fold)) {
			continue
		}
		m.memo = map[[2]int]*fit{}
		m.tokens = p.tokens
		if f := m.fit(0, 0); f != nil && (best == nil || f.marks > best.marks) {
			best, chosen = f, p
		}
	}
	return chosen, best, best != nil
}

// A matcher tries one phrase on the words of one message.
type matcher struct {
	book   *Book
	text   string
	words  []spoken
	today  bot.Date
	same   func(token, word string) bool
	tokens []token
	memo   map[[2]int]*fit
}

// A fit is one way for the rest of a phrase to cover the rest of a message. marks says for each word what
// covered it, best letter highest, so that comparing marks as text finds the leftmost difference.
type fit struct {
	marks  string
	values map[string]bot.Value
	words  []string // the words as the phrase spells them, for mending spelling
}

const (
	byNothing = "0"
	bySlot    = "1"
	byKind    = "2"
	byWord    = "3"
)

// fit covers words[j:] with tokens[i:], or returns nil.
func (m *matcher) fit(i, j int) *fit {
	if f, done := m.memo[[2]int{i, j}]; done {
		return f
	}
	f := m.cover(i, j)
	m.memo[[2]int{i, j}] = f
	return f
}

func (m *matcher) cover(i, j int) *fit {
	if i == len(m.tokens) {
		marks := ""
		for ; j < len(m.words); j++ {
			if m.words[j].quoted || (m.words[j].fold != "," && m.words[j].fold != "") {
				return nil
			}
			marks += byNothing
		}
		return &fit{marks: marks}
	}
	if j == len(m.words) {
		return nil
	}
	t, w := m.tokens[i], m.words[j]
	if t.slot == "" {
		if !w.quoted && m.same(t.word, w.fold) {
			return m.fit(i+1, j+1).after(byWord, t.word)
		}
		if !w.quoted && (w.fold == "," || w.fold == "") {
			return m.fit(i, j+1).after(byNothing, w.fold)
		}
		return nil
	}
	var best *fit
	for end := j + 1; end <= len(m.words); end++ {
		if t.kind.typed() && end-j > typedWords {
			break
		}
		if i+1 == len(m.tokens) && !t.kind.typed() && end < len(m.words) {
			continue // a free slot at the end takes all there is
		}
		if i+1 < len(m.tokens) && m.tokens[i+1].slot == "" && (end == len(m.words) || m.words[end].quoted || (!m.same(m.tokens[i+1].word, m.words[end].fold) && m.words[end].fold != "," && m.words[end].fold != "")) {
			continue // the word after the slot is not there
		}
		value, ok := m.value(t, j, end)
		if !ok {
			continue
		}
		rest := m.fit(i+1, end)
		if rest == nil {
			continue
		}
		mark := bySlot
		if t.kind.typed() {
			mark = byKind
		}
		f := rest.after(strings.Repeat(mark, end-j), m.text[m.words[j].start:m.words[end-1].end])
		if best == nil || f.marks > best.marks {
			f.values = map[string]bot.Value{t.slot: value}
			for k, v := range rest.values {
				f.values[k] = v
			}
			best = f
		}
	}
	return best
}

func (f *fit) after(mark, word string) *fit {
	if f == nil {
		return nil
	}
	return &fit{marks: mark + f.marks, values: f.values, words: append([]string{word}, f.words...)}
}

var errRefused = errors.New("refused")

// value reads the words from j to end into a slot, unless they are nothing of its kind.
func (m *matcher) value(t token, j, end int) (bot.Value, bool) {
	v := bot.Value{}
	if end == j+1 && m.words[j].quoted {
		v.Text, v.Exact = m.words[j].value, true
	} else {
		v.Text = strings.TrimSpace(strings.Trim(strings.TrimSpace(m.text[m.words[j].start:m.words[end-1].end]), ",;:"))
		if end == len(m.words) {
			v.Text = strings.TrimRight(v.Text, "?!. ")
		}
	}
	if v.Text == "" {
		return v, false
	}
	var err error
	switch t.kind {
	case date:
		var ok bool
		if v.Date, v.Options, ok = m.book.ReadDate(v.Text, m.today); !ok {
			err = errRefused
		}
	case number:
		v.Number, err = m.book.dates.number(v.Text)
	case place:
		var ok bool
		if v.Place, ok = ReadPostcode(v.Text); !ok {
			err = errRefused
		}
	}
	return v, err == nil
}
