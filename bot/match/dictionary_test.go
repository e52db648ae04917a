package match

import (
	"fmt"
	"testing"
)

// TestLayersStayFew meets new words one by one and many at a time. They are found whenever they were met, and soon.
func TestLayersStayFew(t *testing.T) {
	var d dictionary
	met := 0
	for update := range 600 {
		e := d.edit()
		for range 1 + update%7*update%50 {
			e.meet(&meeting{folded: fmt.Sprint("words", met), stem: fmt.Sprint("word", met)})
			met++
		}
		d = e.finish()
		if n := len(d.layers); n > 14 { // the logarithm of the words that there are
			t.Fatalf("%d words in %d layers", met, n)
		}
	}
	for i := range met {
		if n := d.folded(fmt.Sprint("words", i)); n != uint32(i+1) || d.stem(fmt.Sprint("word", i)) != n || d.names[i] != fmt.Sprint("word", i) {
			t.Fatalf("word %d has the number %d", i, n)
		}
	}
	if d.stem("words1") != 0 || d.folded("word1") != 0 {
		t.Error("a word is a stem")
	}
}

// TestOlderDictionariesStay: what an update meets does not change what others have in hand.
func TestOlderDictionariesStay(t *testing.T) {
	var d dictionary
	for i := range 20 {
		e := d.edit()
		e.meet(&meeting{folded: fmt.Sprint("a", i), stem: fmt.Sprint("a", i)})
		next := e.finish()
		if n := fmt.Sprint("a", i); d.stem(n) != 0 || len(d.names) != i || len(d.near['a']) != i || next.stem(n) == 0 || len(next.near['a']) != i+1 {
			t.Fatalf("after %d words: %v, then %v", i, d, next)
		}
		d = next
	}
}
