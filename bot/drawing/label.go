package drawing

import "unicode/utf8"

// A label is a name where it stands: its left end on its base line.
type label struct {
	Point
	text
	says string
}

// longest is how many characters of a name are written; what is cut ends in an ellipsis.
const longest = 34

// How far a line of text reaches above and below its base line, in pixels.
const (
	above = 12.0
	below = 4.5
)

type box struct{ left, top, right, bottom float64 }

func (a box) overlaps(b box) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

func (l label) box() box {
	return box{l.X - 2, l.Y - above, l.X + l.width + 2, l.Y + below}
}

func (n dot) box() box {
	return box{n.X - n.radius, n.Y - n.radius, n.X + n.radius, n.Y + n.radius}
}

// letter writes names where no other stands and no dot, those with most ties first, and counts the names that found no room.
func (d *Drawing) letter() (missing int) {
	w := d.writer
	var taken []box
	for _, n := range d.nodes {
		if n.community >= 0 {
			taken = append(taken, n.box())
		}
	}
	for _, i := range d.byTies() {
		n := &d.nodes[i]
		n.label = label{}
		if n.name == "" || n.community < 0 {
			continue
		}
		says := shorten(n.name)
		t := w.write(says)
		found := false
		for _, p := range around(*n, t.width) {
			l := label{Point: Point{round(p.X), round(p.Y)}, text: t, says: says}
			if b := l.box(); d.inside(b) && !hits(b, taken) {
				n.label, found = l, true
				taken = append(taken, b)
				break
			}
		}
		if !found {
			missing++
		}
	}
	return missing
}

func hits(b box, taken []box) bool {
	for _, t := range taken {
		if b.overlaps(t) {
			return true
		}
	}
	return false
}

// around are the places for a name of a width beside a dot, the best first: right, left, below, above, then askew, then further off.
func around(n dot, width float64) (all []Point) {
	for _, gap := range []float64{4, 9, 16} {
		r := n.radius + gap
		right, left, mid := n.X+r, n.X-r-width, n.X-width/2
		base := n.Y + (above-below)/2
		all = append(all,
			Point{right, base}, Point{left, base}, Point{mid, n.Y + r + above}, Point{mid, n.Y - r - below},
			Point{n.X + r*0.7, n.Y + r*0.7 + above}, Point{n.X + r*0.7, n.Y - r*0.7 - below},
			Point{n.X - r*0.7 - width, n.Y + r*0.7 + above}, Point{n.X - r*0.7 - width, n.Y - r*0.7 - below})
	}
	return all
}

func (d *Drawing) inside(b box) bool {
	return b.left >= 2 && b.right <= float64(d.Width)-2 && b.top >= header-8 && b.bottom <= float64(d.Height)-2
}

func shorten(name string) string {
	if utf8.RuneCountInString(name) <= longest {
		return name
	}
	return string([]rune(name)[:longest-1]) + "…"
}
