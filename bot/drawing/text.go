package drawing

import (
	"bytes"
	"embed"
	"slices"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

//go:embed fonts/*.ttf
var fontFiles embed.FS

// faces are the fonts, in the order in which they are asked for a character.
type faces []*font.Face

// ResolveFace is the first font that has a character, or else the first.
func (f faces) ResolveFace(r rune) *font.Face {
	for _, face := range f {
		if _, ok := face.NominalGlyph(r); ok {
			return face
		}
	}
	return f[0]
}

var readFonts = sync.OnceValue(func() []*font.Font {
	var all []*font.Font
	for _, name := range []string{"sans", "arabic", "bengali"} {
		data, err := fontFiles.ReadFile("fonts/" + name + ".ttf")
		if err != nil {
			panic(err)
		}
		face, err := font.ParseTTF(bytes.NewReader(data))
		if err != nil {
			panic(err)
		}
		all = append(all, face.Font)
	}
	return all
})

// writer turns text into outlines. It is for one goroutine.
type writer struct {
	faces   faces
	cutter  shaping.Segmenter
	shaper  shaping.HarfbuzzShaper
	written map[string]text
}

func newWriter() *writer {
	w := &writer{written: map[string]text{}}
	for _, f := range readFonts() {
		w.faces = append(w.faces, font.NewFace(f))
	}
	return w
}

// text is a line of text as outlines, from its left end on its base line. Up is less, as in pictures.
type text struct {
	width    float64
	outlines []outline
}

type outline struct {
	at       Point
	scale    float64
	segments []opentype.Segment
}

// write shapes a line of text, of whatever scripts and directions (Unicode Bidirectional Algorithm, by run).
func (w *writer) write(s string) text {
	if t, ok := w.written[s]; ok {
		return t
	}
	runes := []rune(s)
	var runs []shaping.Output
	way := direction(runes)
	for _, in := range w.cutter.Split(shaping.Input{Text: runes, RunEnd: len(runes), Direction: way, Face: w.faces[0], Size: fixed.Int26_6(textSize * 64)}, w.faces) {
		runs = append(runs, w.shaper.Shape(in))
	}
	inOrder(runs, way)
	var t text
	for _, run := range runs {
		scale := textSize / float64(run.Face.Upem())
		for _, g := range run.Glyphs {
			if data, ok := run.Face.GlyphData(g.GlyphID).(font.GlyphOutline); ok {
				t.outlines = append(t.outlines, outline{Point{t.width + pixels(g.XOffset), -pixels(g.YOffset)}, scale, data.Segments})
			}
			t.width += pixels(g.Advance)
		}
	}
	w.written[s] = t
	return t
}

// direction is that of a line: of its first letter.
func direction(runes []rune) di.Direction {
	for _, r := range runes {
		if unicode.In(r, unicode.Arabic, unicode.Hebrew) {
			return di.DirectionRTL
		}
		if unicode.IsLetter(r) {
			break
		}
	}
	return di.DirectionLTR
}

// inOrder puts runs, which come in the order of reading, from left to right in a line of a direction.
func inOrder(runs []shaping.Output, way di.Direction) {
	if way == di.DirectionRTL {
		slices.Reverse(runs)
	}
	// What goes the other way was turned with the rest, or was not turned yet.
	for from, to := 0, 0; from < len(runs); from = to {
		for to = from; to < len(runs) && runs[to].Direction == runs[from].Direction; to++ {
		}
		if runs[from].Direction != way {
			slices.Reverse(runs[from:to])
		}
	}
}

func pixels(x fixed.Int26_6) float64 { return float64(x) / 64 }
