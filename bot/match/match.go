// Package match is pure thinking about words and places: what a request asks for, and which organisations
// of the register answer it best.
//
// An Index holds what organisations say of themselves, as numbers and never as texts. ParseRequest takes a question
// apart; Rank answers it. Nothing here reads a clock, a file or a store, and the same register, request and
// time give the same answer everywhere, in whatever order the register was told.
package match

import "time"

// Terms say what an offer costs those who take it up.
type Terms string

// The terms an offer may have.
const (
	Unsaid  Terms = ""
	Free    Terms = "free"
	AtCost  Terms = "at cost"
	Charged Terms = "charged"
)

// Offer is one thing that an organisation would do, lend or give.
type Offer struct {
	ID        int64 // the caller's; it comes back in Match.Offer
	Text      string
	Terms     Terms
	Confirmed time.Time // when somebody last said that it is true; zero when nobody did
}

// Help is something that others thanked an organisation for.
type Help struct {
	ID   int64 // the caller's; it comes back in Match.Help
	What string
	At   time.Time
}

// Document is what the index is told of an organisation.
type Document struct {
	ID        int64 // the caller's, unique in the register
	Name      string
	About     string // what it does, in its own words
	Offers    []Offer
	Helped    []Help
	Outcode   string // outward postcode such as “M12”, "" when it is unknown or must not count
	Covers    string // how far it goes, in its own words, such as “Harthwaite” or “nationwide”; see Gazetteer.Covers
	Private   bool   // where it is must not count, nor any place that its own words name
	Joined    bool   // somebody speaks for it; otherwise it was only imported
	Closed    bool   // full or paused: counted among those without room, never named
	Confirmed time.Time
}

// Field is the part of an organisation's entry that fits a request best.
type Field string

// The fields of an organisation.
const (
	InOffer Field = "offer"
	InHelp  Field = "help" // it was thanked for that
	InAbout Field = "about"
	InName  Field = "name"
)

// Match is an organisation that may help.
type Match struct {
	ID     int64
	Score  float64  // how well its words fit, 0 to 1, where 1 is the best fit that the request allows
	Offer  int64    // the offer that fits best, 0 when Field is not InOffer
	Help   int64    // the help that fits best, 0 when Field is not InHelp
	Field  Field    // what fits best
	Words  []string // the asker's own words that Field shares, in the asker's order
	Terms  Terms    // of the offer
	Km     float64  // from the place of the request, -1 when either is unknown
	Joined bool
}

// Result answers a request.
type Result struct {
	Matches []Match // best first
	Near    []Match // when there are none: who offers or does something near to it, best first
	NoRoom  int     // how many closed organisations would have stood among Matches
}
