package match

import "time"

// Request is a question taken apart.
type Request struct {
	What    string // what is wanted, without the frame of the question and without the place
	Place   string // the place as the person wrote it, "" when none was named
	Outcode string // the outward postcode of Place, "" when unknown
	Town    string // the town of Place
}

type Index struct{}

func NewIndex(g *Gazetteer) *Index { return &Index{} }

func (ix *Index) SetPlaces(g *Gazetteer) {}

func (ix *Index) Update(put []Document, remove []int64) {}

func (ix *Index) Len() int { return 0 }

func (ix *Index) Read(text string) Request { return Request{What: text} }

func (ix *Index) Rank(r Request, limit int, now time.Time, except ...int64) Result { return Result{} }
