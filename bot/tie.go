package bot

import "time"

// TieKind says what two organisations have with each other.
type TieKind string

// The kinds of ties, the most telling first.
const (
	Helped     TieKind = "helped"     // one helped the other, and both let it be told
	Introduced TieKind = "introduced" // they were introduced here, and met
	Declared   TieKind = "declared"   // both say that they know each other or work together
)

// Tie is something that two organisations have with each other.
type Tie struct {
	Between [2]OrganisationID // the smaller number first
	Kind    TieKind
	At      time.Time // when it was last seen to be there
}

// Appearance is how an organisation is shown where connections are.
type Appearance string

// The appearances. Unless it chose another, a sensitive organisation is out, and any other named.
const (
	Named    Appearance = "named"
	Unnamed  Appearance = "nameless"
	NotShown Appearance = "out"
)
