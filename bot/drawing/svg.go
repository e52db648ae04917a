package drawing

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
)

// Colours of communities, told apart by people who see few colours (Okabe and Ito 2008); every one is dark enough on white.
var colours = []string{"#0072b2", "#b34700", "#007a5a", "#9c4f82", "#5d5400", "#3d6e99", "#7a3b00", "#4d4d4d"}

const (
	ink  = "#222222"
	pale = "#8a8a8a"
)

// How the kinds of ties are drawn: the width of the line, and the dash and gap of it, all in pixels.
var strokes = []struct{ width, dash, gap float64 }{{3.4, 0, 0}, {1.4, 0, 0}, {1.6, 7, 5}}

func (d *Drawing) colour(n dot) string {
	if n.community < 0 {
		return pale
	}
	return colours[n.community%len(colours)]
}

// SVG is the picture as a document of its own, with its title and the names as text.
func (d *Drawing) SVG() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title" font-family="Noto Sans, sans-serif" font-size="%g">`+"\n", d.Width, d.Height, d.Width, d.Height, textSize)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n", escape(d.words.Title))
	for _, t := range d.ties {
		a, z, s := d.nodes[t.a], d.nodes[t.b], strokes[int(t.kind)%len(strokes)]
		fmt.Fprintf(&b, `<line x1="%g" y1="%g" x2="%g" y2="%g" stroke="%s" stroke-width="%g"%s/>`+"\n", a.X, a.Y, z.X, z.Y, pale, s.width, dashes(s.dash, s.gap))
	}
	for _, n := range d.nodes {
		if n.community < 0 && d.words.Alone == "" {
			continue
		}
		fmt.Fprintf(&b, `<circle cx="%g" cy="%g" r="%.1f" fill="%s" stroke="#ffffff" stroke-width="1.5"/>`+"\n", n.X, n.Y, n.radius, d.colour(n))
	}
	for _, l := range d.labels() {
		// The width is that of our fonts, whichever the reader has.
		fmt.Fprintf(&b, `<text x="%g" y="%g" textLength="%.1f" lengthAdjust="spacingAndGlyphs" direction="ltr" unicode-bidi="plaintext" fill="%s" stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke">%s</text>`+"\n", l.X, l.Y, l.width, ink, escape(l.says))
	}
	for _, k := range d.key() {
		s := strokes[k.kind]
		fmt.Fprintf(&b, `<line x1="%g" y1="%g" x2="%g" y2="%g" stroke="%s" stroke-width="%g"%s/>`+"\n", k.from.X, k.from.Y, k.to.X, k.to.Y, pale, s.width, dashes(s.dash, s.gap))
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func dashes(dash, gap float64) string {
	if dash == 0 {
		return ""
	}
	return fmt.Sprintf(` stroke-dasharray="%g %g"`, dash, gap)
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes all
	return b.String()
}

// keyed is a sample of a kind of line in the key.
type keyed struct {
	from, to Point
	kind     int
}

// key are samples of the kinds of lines, side by side under the title; their words are among the labels.
func (d *Drawing) key() (all []keyed) {
	w, x := d.writer, margin
	for i, word := range d.words.Kinds {
		all = append(all, keyed{Point{x, 58}, Point{x + 40, 58}, i})
		x += 48 + math.Ceil(w.write(word).width) + 28
	}
	return all
}

// labels are all that is written: the title, the words of the key, of the row of those with no tie, and the names.
func (d *Drawing) labels() (all []label) {
	w := d.writer
	say := func(x, y float64, s string) {
		if s != "" {
			all = append(all, label{Point{x, y}, w.write(s), s})
		}
	}
	say(margin, 32, d.words.Title)
	for i, k := range d.key() {
		say(k.to.X+8, k.to.Y+5, d.words.Kinds[i])
	}
	for _, n := range d.nodes {
		if n.community < 0 && d.words.Alone != "" {
			say(margin, n.Y-14, d.words.Alone)
			break
		}
	}
	for _, n := range d.nodes {
		if n.label.says != "" {
			all = append(all, n.label)
		}
	}
	return all
}
