// Package identify finds in a text what tells who somebody is: a name with a circumstance, a number, an address, a code.
//
// It stands before words of one side become readable by another, because the one spoken of was not asked. Names of groups
// and of places tell of nobody, and pass. Its rules and lists are data files
// that a safeguarding lead can read and mend: rules.txt says by kinds what is asked about, with lines that are and lines that pass.
package identify

import (
	"cmp"
	"slices"
)

// Kind is what was found.
type Kind int

// What tells who somebody is. A Mailbox is the exception: an address that belongs to a group and not to one person.
const (
	Name      Kind = iota // a full name, a title with one, or a first name with what is told of its bearer
	Phone                 // a telephone number of a person; free and shared-cost numbers are of nobody
	Email                 // of a person
	Mailbox               // an e-mail address by which a group is reached, such as info@…
	House                 // a house in a street, or its number with a postcode; where a group meets is no house
	Insurance             // a National Insurance number
	Health                // an NHS number
	Bank                  // an account
	Birth                 // a date of birth
	Handle                // by which somebody is found on a network
	Access                // how to get into a home: a code, or where a key lies
	Plate                 // of a car
	Papers                // a number that the state gave, such as a passport's
)

// Finding is where something stands that tells who somebody is: text[Start:End], in bytes.
type Finding struct {
	Kind       Kind
	Start, End int
	Unsure     bool // it may as well tell of nobody
}

// longest is how many bytes of a text are looked at. No plain message has so many.
const longest = 16_000

// Find returns what in text tells who somebody is, in the order of the text. known are names of groups and places that may
// stand, whatever they look like. The work grows with the length of text.
func Find(text string, known ...string) (found []Finding) {
	if len(text) > longest {
		text = text[:longest]
	}
	found = append(found, patterns(text)...)
	words := wordsOf(text)
	found = append(found, spelt(words)...)
	names := append(named(words), ruled(text, words)...)
	for _, f := range names {
		if f.Kind != Name {
			found = append(found, f)
		} else if !slices.ContainsFunc(places(text, known), func(p Finding) bool { return p.Start <= f.Start && f.End <= p.End }) {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
	return slices.CompactFunc(found, func(a, b Finding) bool { return a.Kind == b.Kind && b.Start < a.End })
}
