package danger

import (
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What must be heard and what must pass, none of it among the examples.
var (
	heard = []string{
		"I'm thinking of ending it all tonight",
		"who can help a woman whose husband hits her?",
		"there's a lad at our club who is self-harming",
		"he told us he'd be better off dead",
		"shes frightened to go back to him",
		"my neighbours little boy came round covered in bruises",
		"They have taken her passport and she isn't allowed out of the house",
		"me and my kids have nowhere to sleep tonight",
		"a client of mine is being hit by her partner, can anyone help",
		"home office is sending my friend back on tuesday",
		"my boss keep my passport, i not paid",
		"he says hes going to stab someone",
		"dealers have moved into his flat and he's too scared to go home",
		"he is going to find me", "pills to sleep forever", "i dont wanna b here nemore", "hes gona kil me",
		"won't be around much longer", "i want to end it",
	}
	passed = []string{
		"domestic abuse awareness training for our volunteers",
		"who can run a suicide prevention workshop?",
		"the end of it all: who has spare chairs?",
		"we need a treasurer, ours is ending his term",
		"somebody to talk about self harm, as a school speaker",
		"we run a suicide-prevention line",
		"we are a refuge for women and need a plumber",
		"a killer quiz on friday",
		"thank you all for the talk on modern slavery",
		"the history group has a talk about the slave trade",
		"can anyone share a safeguarding policy",
		"get me someone in charge", "get me whoever is in charge here",
		"yes please", "who can help with our accounts?", "we can offer a hall on Tuesdays", "",
	}
)

func TestRead(t *testing.T) {
	for _, text := range heard {
		if v := Read(text); v.Level == None || !slices.Contains(reader().kinds, v.Kind) {
			t.Errorf("%q: %v", text, v)
		}
	}
	for _, text := range passed {
		if v := Read(text); v != (Verdict{}) {
			t.Errorf("%q: %v", text, v)
		}
	}
}

// TestUnseen reads each example with a model that has learnt from four fifths of the others: as it is, among other words,
// and misspelt.
func TestUnseen(t *testing.T) {
	all := examples()
	const folds = 5
	fold := rand.New(rand.NewPCG(7, 7)).Perm(len(all))
	s := signs()
	var dangers, found, sure, kind, among, misspelt, others, wrong, surelyWrong int
	for f := range folds {
		var rest []example
		for i, e := range all {
			if fold[i]%folds != f {
				rest = append(rest, e)
			}
		}
		m := learn(s, rest)
		for i, e := range all {
			if fold[i]%folds != f {
				continue
			}
			p, k := m.read(e.text)
			if e.kind == "" {
				others++
				wrong += one(p >= maybe)
				surelyWrong += one(p >= surely)
				continue
			}
			dangers++
			found += one(p >= maybe)
			sure += one(p >= surely)
			kind += one(k == e.kind)
			p, _ = m.read("Hi all, thanks for a lovely meeting on Tuesday. " + e.text + " thanks")
			among += one(p >= maybe)
			p, _ = m.read(slip(e.text))
			misspelt += one(p >= maybe)
			if os.Getenv("SHOW") != "" && p < maybe {
				t.Logf("%s is missed: %s", e.kind, e.text)
			}
		}
	}
	share := func(n, of int) float64 { return float64(n) / float64(of) }
	t.Logf("of %d dangers %.3f are heard, %.3f surely, %.3f as what they are; %.3f among other words, %.3f misspelt",
		dangers, share(found, dangers), share(sure, dangers), share(kind, dangers), share(among, dangers), share(misspelt, dangers))
	t.Logf("of %d others %.3f are doubted, %.3f surely", others, share(wrong, others), share(surelyWrong, others))
	if share(found, dangers) < 0.91 || share(among, dangers) < 0.87 || share(misspelt, dangers) < 0.88 ||
		share(kind, dangers) < 0.7 || share(wrong, others) > 0.06 {
		t.Error("that is worse than it was")
	}
}

// slip takes the third letter out of the longest word of text.
func slip(text string) string {
	longest := ""
	for _, w := range strings.Fields(text) {
		if len(w) > len(longest) {
			longest = w
		}
	}
	if len(longest) < 5 {
		return text
	}
	return strings.Replace(text, longest, longest[:2]+longest[3:], 1)
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func TestReadIsSteady(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		v := Read(text)
		if Read(text) != v || (v.Level == None) != (v.Kind == "") {
			t.Fatalf("%v", v)
		}
	})
	Read(strings.Repeat("he hits her. ", 10_000))
	Read(strings.Repeat("é", 10_000))
	a, b := learn(signs(), examples()), learn(signs(), examples())
	if !slices.Equal(a.weights, b.weights) {
		t.Error("what is learnt from the same examples differs")
	}
}

func TestExamples(t *testing.T) {
	kindOf := map[string]Kind{}
	count := map[Kind]int{}
	for _, e := range examples() {
		folded := strings.Join(slices.Concat(sentencesOf(e.text)...), " ")
		if k, twice := kindOf[folded]; twice && k != e.kind {
			t.Errorf("%q is both %q and %q", e.text, k, e.kind)
		}
		kindOf[folded] = e.kind
		count[e.kind]++
	}
	if len(count) < 9 {
		t.Errorf("kinds: %v", count)
	}
	for k, n := range count {
		if n < 40 {
			t.Errorf("%q has %d examples, which is too few to learn from", k, n)
		}
	}
}

func TestLines(t *testing.T) {
	number := regexp.MustCompile(`^[0-9][0-9 ]*[0-9]$`)
	for country, book := range lineBook() {
		for _, k := range reader().kinds {
			if of := Lines(country, k); len(of) < 2 || of[0].kinds != nil || of[0].Number == "" {
				t.Errorf("%s has nobody for %s, or no emergency number first: %v", country, k, of)
			}
		}
		for _, l := range book {
			if l.Name == "" || l.When == "" || l.Number != "" && !number.MatchString(l.Number) {
				t.Errorf("%s: %v", country, l)
			}
			for _, k := range l.kinds {
				if !slices.Contains(reader().kinds, k) {
					t.Errorf("%s: there is no kind %q", country, k)
				}
			}
		}
	}
	for k, want := range map[Kind]string{"suicide": "116 123", "child": "0800 1111", "abuse": "0808 2000 247", "slavery": "08000 121 700"} {
		if got := Lines("GB", k)[1].Number; got != want {
			t.Errorf("%s: %s", k, got)
		}
	}
	if Lines("zz", "") != nil {
		t.Error("a country without lines has some")
	}
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		Read("hello all, does anyone know a group that could lend our playgroup forty chairs and a gazebo for saturday please")
	}
}

func BenchmarkLearn(b *testing.B) {
	for b.Loop() {
		learn(signs(), examples())
	}
}
