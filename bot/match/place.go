package match

// PlaceRow is one outward postcode of a gazetteer.
type PlaceRow struct {
	Outcode, Town string
	Lat, Lon      float64 // degrees, WGS 84
}

// Gazetteer knows where places are.
type Gazetteer struct{ rows []PlaceRow }

func NewGazetteer(rows []PlaceRow) *Gazetteer { return &Gazetteer{rows} }

func (g *Gazetteer) Outcode(place string) (outcode string, ok bool) { return "", false }

func (g *Gazetteer) Distance(from, to string) (km float64, ok bool) { return 0, false }
