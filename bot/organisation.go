package bot

import (
	"strconv"
	"time"
)

// OrganisationID is our number of an organisation, short enough to say aloud as #12.
type OrganisationID int64

func (id OrganisationID) String() string { return strconv.FormatInt(int64(id), 10) }

// Organisation is a group in the register.
type Organisation struct {
	ID       OrganisationID
	Ref      string   // its id in the file it was imported from, "" when it was not
	Name     string   // as it writes itself, cleaned, one line
	Postcode Postcode // full or outward code only, "" when unknown
	About    string   // what it does, in its own words
	Web      string   // public web address, "" when none
	Income   int64    // pounds a year, -1 unknown; never used to rank
	Role     string   // the role of the public contact, such as "Secretary"; never a person

	Joined    bool      // somebody speaks for it here; otherwise it is unclaimed
	Vouched   bool      // a coordinator or two vouched organisations know it
	Listed    bool      // findable
	Sensitive bool      // a place that must not be found: nothing finer than its area is shown or used
	Full      bool      // takes no asks ...
	FullUntil Date      // ... until this day; zero with Full means until it says otherwise
	AsksMonth int       // asks it takes a month, 0 unlimited
	AsksSince Date      // first day of the month AsksSeen counts
	AsksSeen  int       // asks it was sent in that month
	Reach     string    // how it is reached, told to those alone with whom it said yes to be introduced
	Tonight   bool      // may be asked for today or tomorrow
	Covers    string    // how far it goes to help, in its own words, "" when it did not say
	Suggest   int       // suggestions of somebody to meet come at most once in so many days, 0 never
	Confirmed time.Time // last time somebody said that the entry is true
	Changed   int64     // change sequence of its last change
}

// HasRoom tells whether o takes asks on the day today.
func (o Organisation) HasRoom(today Date) bool {
	if o.Full && (o.FullUntil.IsZero() || today.Before(o.FullUntil)) {
		return false
	}
	return o.AsksMonth == 0 || !sameMonth(o.AsksSince, today) || o.AsksSeen < o.AsksMonth
}

func sameMonth(a, b Date) bool { return a.Year == b.Year && a.Month == b.Month }

// Takes is o after it was sent one ask on the day today.
func (o Organisation) Takes(today Date) Organisation {
	if !sameMonth(o.AsksSince, today) {
		o.AsksSince, o.AsksSeen = Date{today.Year, today.Month, 1}, 0
	}
	o.AsksSeen++
	return o
}

// SuggestMonthly is how many days pass between suggestions unless an organisation says otherwise.
const SuggestMonthly = 28

// Whereabouts is the place of o as it may be shown and used: its outward code, or only the letters of
// its area when the place is sensitive.
func (o Organisation) Whereabouts() string {
	if o.Sensitive {
		return o.Postcode.Area()
	}
	return o.Postcode.Outcode()
}

// Contact is a person who speaks for an organisation. A steward may also change what the register says.
type Contact struct {
	Speaker      Speaker
	Organisation OrganisationID
	Steward      bool
	Since        time.Time
}

// Nameless is what an organisation is called that left, whose name was erased.
const Nameless = "–"
