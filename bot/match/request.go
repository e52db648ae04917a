package match

import (
	"strings"
)

// Request is a question taken apart.
type Request struct {
	What    string // what is wanted, without the frame of the question and without the place
	Place   string // the place as the person wrote it, "" when none was named
	Outcode string // the outward postcode of Place, "" when unknown
	Town    string // the town of Place, as the gazetteer has it
}

// frame are words that begin a question without saying what is wanted.
var frame = lists.set("frame")

// trailing are words that end one.
var trailing = lists.set("trailing")

// before names words after which a place may stand.
var before = lists.set("before a place")

// ParseRequest takes a question apart, or the part of one that says what is wanted. It understands English frames and
// the places that the gazetteer knows; what it does not understand stays in What.
func (ix *Index) ParseRequest(text string) Request {
	g := ix.now.Load().places
	var all []token
	tokens(text, func(t token) {
		if len(all) == 0 || t.start >= all[len(all)-1].end { // no joined forms
			all = append(all, t)
		}
	})
	var r Request
	all, cutFrom, cutTo := readPlace(g, text, all, &r)
	if cutTo > 0 {
		text = text[:cutFrom] + strings.Repeat(" ", cutTo-cutFrom) + text[cutTo:]
	}
	first, last := 0, len(all)
	for first < last-1 && frame[all[first].word] {
		first++
	}
	for last-1 > first && trailing[all[last-1].word] {
		last--
	}
	if first < last {
		r.What = strings.Join(strings.Fields(text[all[first].start:all[last-1].end]), " ")
	}
	if first == last-1 && frame[all[first].word] {
		r.What = ""
	}
	return r
}

// readPlace finds the last place in a question and takes its words out. The bytes it stood on, with
// the word before it, are from cutFrom to cutTo.
func readPlace(g *Gazetteer, text string, all []token, r *Request) (rest []token, cutFrom, cutTo int) {
	for i := len(all) - 1; i >= 0; i-- {
		afterWord := i > 0 && before[all[i-1].word]
		name, outcode, n := "", "", 0
		upper := strings.ToUpper(text[all[i].start:all[i].end])
		if outcodePattern.MatchString(upper) && (afterWord || g.knows(upper)) {
			outcode, n = upper, 1
			if i+1 < len(all) && inward.MatchString(strings.ToUpper(text[all[i+1].start:all[i+1].end])) {
				n = 2
			}
		} else if afterWord {
			name, outcode, n = g.town(all[i:])
		}
		if n == 0 || n == len(all) {
			continue
		}
		start := i
		if afterWord && i > 1 {
			start--
		}
		r.Place, r.Outcode, r.Town = text[all[i].start:all[i+n-1].end], outcode, name
		rest = append(append(rest, all[:start]...), all[i+n:]...)
		return rest, all[start].start, all[i+n-1].end
	}
	return all, 0, 0
}

func (g *Gazetteer) knows(outcode string) bool {
	if g == nil {
		return false
	}
	_, ok := g.outcodes[outcode]
	return ok
}
