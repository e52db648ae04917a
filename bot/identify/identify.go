// Package identify finds in a text what tells who somebody is: a name with a circumstance, a telephone number, an address.
//
// It stands before words of one side become readable by another, because the one spoken of was not asked. Names of groups
// and of places tell of nobody, and pass. Its lists are data files that can be read and mended.
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
)

// Finding is where something stands that tells who somebody is: text[Start:End], in bytes.
type Finding struct {
	Kind       Kind
	Start, End int
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
	for _, f := range named(words) {
		if !slices.ContainsFunc(places(text, known), func(p Finding) bool { return p.Start <= f.Start && f.End <= p.End }) {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
	return slices.CompactFunc(found, func(a, b Finding) bool { return a.Kind == b.Kind && b.Start < a.End })
}
