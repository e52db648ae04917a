package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"
)

// PNG is the same picture as SVG makes, painted with our own fonts.
func (d *Drawing) PNG() ([]byte, error) {
	p := painter{image: image.NewRGBA(image.Rect(0, 0, d.Width, d.Height))}
	draw.Draw(p.image, p.image.Bounds(), image.White, image.Point{}, draw.Src)
	stroke := func(a, b Point, kind int) {
		s := strokes[kind%len(strokes)]
		p.line(a, b, s.width, s.dash, s.gap)
	}
	for _, t := range d.ties {
		stroke(d.nodes[t.a].Point, d.nodes[t.b].Point, int(t.kind))
	}
	for _, k := range d.key() {
		stroke(k.from, k.to, k.kind)
	}
	for _, n := range d.nodes {
		if n.community < 0 && d.words.Alone == "" {
			continue
		}
		p.disc(n.Point, n.radius+0.75, "#ffffff")
		p.disc(n.Point, n.radius-0.75, d.colour(n))
	}
	labels := d.labels()
	for _, l := range labels {
		p.text(l.Point, l.text, "#ffffff", halo)
	}
	for _, l := range labels {
		p.text(l.Point, l.text, ink, upright)
	}
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, few(p.image))
	return b.Bytes(), err
}

// few is a picture in at most 256 colours, those of ours and their mixtures with white, which is a third of the bytes.
func few(from *image.RGBA) *image.Paletted {
	const mixtures = 24
	palette := color.Palette{color.RGBA{255, 255, 255, 255}}
	for _, name := range append([]string{ink, pale}, colours...) {
		c := rgb(name)
		mix := func(v uint8, part int) uint8 { return uint8((int(v)*part + 255*(mixtures-part)) / mixtures) }
		for part := 1; part <= mixtures; part++ {
			palette = append(palette, color.RGBA{mix(c.R, part), mix(c.G, part), mix(c.B, part), 255})
		}
	}
	to := image.NewPaletted(from.Rect, palette)
	known := map[color.RGBA]uint8{}
	for i := range to.Pix {
		pix := from.Pix[4*i : 4*i+4]
		if pix[0]&pix[1]&pix[2] == 255 {
			continue // white is the first
		}
		c := color.RGBA{pix[0], pix[1], pix[2], 255}
		index, ok := known[c]
		if !ok {
			index = uint8(palette.Index(c))
			known[c] = index
		}
		to.Pix[i] = index
	}
	return to
}

// painter fills shapes, smoothly. Each shape is worked out in no more room than it takes.
type painter struct{ image *image.RGBA }

// shape is a closed way around something to be filled.
type shape struct {
	r    *vector.Rasterizer
	from image.Point
}

// begin makes room for a shape within a box; ok is false when none of it is in the picture.
func (p painter) begin(b box) (s shape, ok bool) {
	r := image.Rect(int(b.left)-2, int(b.top)-2, int(b.right)+3, int(b.bottom)+3).Intersect(p.image.Bounds())
	if r.Empty() {
		return s, false
	}
	return shape{vector.NewRasterizer(r.Dx(), r.Dy()), r.Min}, true
}

func (s shape) at(x, y float64) (float32, float32) {
	return float32(x - float64(s.from.X)), float32(y - float64(s.from.Y))
}

func (s shape) move(x, y float64) { s.r.MoveTo(s.at(x, y)) }
func (s shape) line(x, y float64) { s.r.LineTo(s.at(x, y)) }

func (p painter) fill(s shape, colour string) {
	at := image.Rectangle{s.from, s.from.Add(s.r.Size())}
	s.r.Draw(p.image, at, image.NewUniform(rgb(colour)), image.Point{})
}

func (p painter) disc(at Point, radius float64, colour string) {
	s, ok := p.begin(box{at.X - radius, at.Y - radius, at.X + radius, at.Y + radius})
	if !ok {
		return
	}
	const sides = 32
	s.move(at.X+radius, at.Y)
	for i := 1; i < sides; i++ {
		angle := 2 * math.Pi * float64(i) / sides
		s.line(at.X+radius*math.Cos(angle), at.Y+radius*math.Sin(angle))
	}
	s.r.ClosePath()
	p.fill(s, colour)
}

// line draws from a to b, whole or, with a dash, in dashes.
func (p painter) line(a, b Point, width, dash, gap float64) {
	long := math.Hypot(b.X-a.X, b.Y-a.Y)
	if long == 0 {
		return
	}
	if dash == 0 {
		dash = long
	}
	dx, dy := (b.X-a.X)/long, (b.Y-a.Y)/long
	for from := 0.0; from < long; from += dash + gap {
		to := min(long, from+dash)
		p.bar(Point{a.X + dx*from, a.Y + dy*from}, Point{a.X + dx*to, a.Y + dy*to}, Point{-dy * width / 2, dx * width / 2})
	}
}

// bar is a straight line, half being half its width, across it.
func (p painter) bar(a, b, half Point) {
	s, ok := p.begin(box{min(a.X, b.X) - 4, min(a.Y, b.Y) - 4, max(a.X, b.X) + 4, max(a.Y, b.Y) + 4})
	if !ok {
		return
	}
	s.move(a.X+half.X, a.Y+half.Y)
	s.line(b.X+half.X, b.Y+half.Y)
	s.line(b.X-half.X, b.Y-half.Y)
	s.line(a.X-half.X, a.Y-half.Y)
	s.r.ClosePath()
	p.fill(s, pale)
}

// halo are the places at which a text is painted white, so that it can be read on lines.
var halo, upright = ring(8, 2), []Point{{}}

func ring(n int, radius float64) (all []Point) {
	for turn := range n {
		angle := float64(turn) * 2 * math.Pi / float64(n)
		all = append(all, Point{radius * math.Cos(angle), radius * math.Sin(angle)})
	}
	return all
}

// text paints a text at once at all of some places around one.
func (p painter) text(at Point, t text, colour string, places []Point) {
	s, ok := p.begin(box{at.X - textSize, at.Y - 2*textSize, at.X + t.width + textSize, at.Y + textSize})
	if !ok {
		return
	}
	for _, off := range places {
		for _, o := range t.outlines {
			s.glyph(o, at.X+off.X+o.at.X, at.Y+off.Y+o.at.Y)
		}
	}
	p.fill(s, colour)
}

// glyph is the outline of one character, its left end on its base line at x and y.
func (s shape) glyph(o outline, x, y float64) {
	to := func(a opentype.SegmentPoint) (float32, float32) {
		return s.at(x+float64(a.X)*o.scale, y-float64(a.Y)*o.scale)
	}
	for i, seg := range o.segments {
		ax, ay := to(seg.Args[0])
		bx, by := to(seg.Args[1])
		cx, cy := to(seg.Args[2])
		switch seg.Op {
		case opentype.SegmentOpMoveTo:
			if i > 0 {
				s.r.ClosePath()
			}
			s.r.MoveTo(ax, ay)
		case opentype.SegmentOpLineTo:
			s.r.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			s.r.QuadTo(ax, ay, bx, by)
		case opentype.SegmentOpCubeTo:
			s.r.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	s.r.ClosePath()
}

func rgb(colour string) color.RGBA {
	c := color.RGBA{A: 255}
	_, _ = fmt.Sscanf(colour, "#%02x%02x%02x", &c.R, &c.G, &c.B) // all colours are ours
	return c
}
