package bot

import "time"

// Waiting is a message that is stored and not yet handled.
type Waiting struct {
	Message Message
	Tries   int       // how often handling it was begun or failed, as far as was counted
	Stored  time.Time // when it was put into the inbox
}

// PostState is where a post stands. All but the first three are final.
type PostState string

// The states of a post.
const (
	PostWaiting PostState = "waiting"
	PostLeased  PostState = "leased"  // being sent by one process
	PostUnknown PostState = "unknown" // an attempt was made and nobody knows what came of it
	PostSent    PostState = "sent"
	PostSkipped PostState = "skipped" // must no longer be said
	PostExpired PostState = "expired" // its time had passed
	PostDead    PostState = "dead"    // could not be said
)

// Final tells whether nothing more will happen to a post in state s.
func (s PostState) Final() bool {
	return s != PostWaiting && s != PostLeased && s != PostUnknown
}

// Claimed is a post that this process alone may send until its lease ends.
type Claimed struct {
	Post
	Tries   int  // attempts before this one
	Unknown bool // an earlier attempt may have said it
	Stopped bool // must be said no more; it is only to be known whether it was
}

// PutBack is how a post waits for its next attempt.
type PutBack struct {
	Due     time.Time
	Tries   int       // attempts made so far that count
	Unknown bool      // one of them may have said it
	Tried   time.Time // the first of those
}

// Offered is the choices of one post that a person may still answer.
type Offered struct {
	Key     string    // of the post
	Reply   bool      // the post answered what the person said
	Stale   bool      // it was answered with something else since: only what stays may still be picked, and by number alone
	Place   string    // see Address.Place
	Said    MessageID // as which it was said, "" while that is not known
	Choices []Choice
	Rest    Reply     // what did not fit beside them
	Shown   Reply     // all that the post says, nil when that was erased
	Until   time.Time // when it can be answered no more
}

// Standing is an organisation that a person speaks for, and how.
type Standing struct {
	Organisation OrganisationID
	Name         string
	Steward      bool
}

// Listing is an organisation as the index follows it.
type Listing struct {
	Organisation Organisation
	Offers       []Entry  // those that stand
	Needs        []Entry  // the same
	Helped       []Thanks // that it was thanked for, and that both let others hear of
	Gone         bool     // no longer findable; the rest may be empty but for the organisation's number
}

// Answered is how many asks to meet an organisation was sent that are over by now, and how many of them led to a meeting: no
// other answer differs from silence.
type Answered struct{ Asked, Answered int }

// Place is the position of an outward code and a town in it.
type Place struct {
	Outcode  string
	Town     string
	Lat, Lon float64 // degrees
	Region   string  // a county or a city that the town is part of, "" when unknown
}

// Imported is one good row of a spreadsheet.
type Imported struct {
	Line         int // in the file, the first line being 1
	Organisation Organisation
	Entries      []Entry
}

// ImportReport says what an import did, or with a dry run would do.
type ImportReport struct {
	Rows, Added, Changed, Same int
	Kept                       int      // rows of organisations that joined: their own words stay
	Missing                    []string // names of organisations imported before from the same list and no longer in it
	MissingMore                int      // how many more than Missing are so
}

// PersonalData is everything kept about one person.
type PersonalData struct {
	Contacts      []Standing
	Since         []time.Time // of each contact
	Reach         []string    // how each of those organisations is reached, "" when it did not say
	Asks          []Ask
	Offered       []Offered
	Introductions []Introduction // that this person was asked about, or answered
	Reports       []Report       // that this person made and are open
	Claims        []Claim        // that nobody decided yet
	Manners       *Manners       // nil when nothing was chosen
	Coordinator   bool
	Waiting       int // posts not yet said to them
	Linked        int // other accounts of the same person
}
