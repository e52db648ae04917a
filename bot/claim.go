package bot

import "time"

// ClaimKind is what a claim is about.
type ClaimKind string

// The kinds of claims.
const (
	ClaimGroup ClaimKind = "group" // to speak for a group that a list named
	ClaimName  ClaimKind = "name"  // to be called almost, or wholly, as another group is; of an organisation that is listed, from now on
	ClaimPlace ClaimKind = "place" // to be somewhere else
)

// Claim is what somebody says of a group that others have to say too before anything is done with it: meanwhile nobody is shown more,
// or less, than if it had not been said.
type Claim struct {
	ID           int64
	Kind         ClaimKind
	Organisation OrganisationID // 0 for a group that is not listed yet
	From         Speaker
	Name         string   // how the group would be called, "" when that does not change
	Postcode     Postcode // where it would be, "" when unknown
	Second       OrganisationID
	At           time.Time
}
