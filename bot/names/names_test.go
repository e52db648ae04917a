package names

import (
	_ "embed"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

//go:embed testdata/names.txt
var namesFile string

//go:embed testdata/impersonations.tsv
var impersonationsFile string

//go:embed testdata/containing.tsv
var containing string

//go:embed testdata/pretences.tsv
var pretences string

func rows(file string) (kept []string) {
	for line := range strings.Lines(file) {
		if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return kept
}

const own = "Ginnel"

func TestNamesOfAllScriptsPass(t *testing.T) {
	all := rows(namesFile)
	if len(all) < 60 {
		t.Fatalf("%d names", len(all))
	}
	for i, a := range all {
		if d := DisguiseOf(a); d != Plain {
			t.Errorf("%s: disguise %d", a, d)
		}
		if Poses(a, own) {
			t.Errorf("%s passes for %s", a, own)
		}
		if Alike(a, a) != Same {
			t.Errorf("%s is not itself", a)
		}
		for _, b := range all[i+1:] {
			if l := Alike(a, b); l != Different {
				t.Errorf("%s and %s: %d (%q, %q)", a, b, l, Skeleton(a), Skeleton(b))
			}
		}
	}
}

func TestImpersonationsAreCaught(t *testing.T) {
	all := rows(impersonationsFile)
	if len(all) < 60 {
		t.Fatalf("%d impersonations", len(all))
	}
	for _, row := range all {
		of, name, _ := strings.Cut(row, "\t")
		if of == own {
			if !Poses(name, own) {
				t.Errorf("%q does not pass for %s: %q", name, own, Skeleton(name))
			}
			continue
		}
		if Alike(of, name) == Different || Alike(name, of) == Different {
			t.Errorf("%q is not like %q: %q, %q", name, of, Skeleton(name), Skeleton(of))
		}
	}
}

// TestNamesInNames: whoever has the name of another whole in their own, or begins as it does, is found by what the register keeps of it.
func TestNamesInNames(t *testing.T) {
	for _, row := range rows(containing) {
		own, other, _ := strings.Cut(row, "\t")
		if !Contains(other, own) && !Begins(own, other) {
			t.Errorf("%q is not seen in %q", own, other)
		}
		if !meet(Inner(other), Keys(own)) {
			t.Errorf("%q is not found by %q: %q, %q", own, other, Inner(other), Keys(own))
		}
	}
	names := rows(namesFile)
	names = append(names, "Community Centre", "Food Bank", "Women's Group", "The Hub", "Harthwaite")
	for _, a := range names {
		for _, b := range append(names, "Crake Hill Community Centre", "Tallow Lane Food Bank", "Harthwaite Women's Group", "The Hub Club") {
			if Begins(a, b) || Contains(b, a) && a != "Harthwaite" {
				t.Errorf("%q is taken for a part of %q", a, b)
			}
		}
	}
}

// TestPretences: names of public bodies, of those who look after a network, and names with something to say are told from those
// that only look so.
func TestPretences(t *testing.T) {
	for _, row := range rows(pretences) {
		want, name, _ := strings.Cut(row, "\t")
		if want == "none" {
			want = ""
		}
		if got := PretenceOf(name); got != Pretence(want) {
			t.Errorf("%q is taken for %q, not %q", name, got, want)
		}
	}
	for _, name := range rows(namesFile) {
		if got := PretenceOf(name); got != NoPretence {
			t.Errorf("%q is taken for %q", name, got)
		}
	}
}

func TestDisguiseOf(t *testing.T) {
	for name, want := range map[string]Disguise{
		"Tаlly Trust":           Mixed,
		"Tally Ｔｒｕｓｔ":           Borrowed,
		"Тор Trust":             Borrowed,
		"ⓣally":                 Borrowed,
		"Tal\u200bly Trust":     Hidden,
		"Tal\u200dly Trust":     Hidden,
		"Tally\u202e Trust":     Hidden,
		"T̵̴̶̷ally":             Hidden,
		"Klub Надія":            Plain,
		"Café 咖啡":               Plain,
		"क्\u200dष समाज":        Plain,
		"Reading ❤\ufe0f Group": Plain,
		"":                      Plain,
	} {
		if got := DisguiseOf(name); got != want {
			t.Errorf("%q: %d, not %d", name, got, want)
		}
	}
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Likeness
	}{
		{"Tally Trust", "tally trust", Same},
		{"Tally Trust", "The Tally Trust CIO", Same},
		{"Tally Trust", "Tally Truss", Near},
		{"Tally Trust", "Trust Tally", Near},
		{"Tally Trust", "Sally Trust", Near},
		{"Tally Trust", "Tally Choir", Different},
		{"Ward 1", "Ward 2", Different},
		{"Ward 1", "Ward 1", Same},
		{"Oak", "Oat", Different},
		{"Area 1", "Area l", Near},
		{"!!", "??", Different},
		{"Ltd", "Ltd", Same},
		{"Ltd", "CIO", Different},
	} {
		if got := Alike(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %d, not %d", c.a, c.b, got, c.want)
		}
	}
}

var strange = rapid.Custom(func(t *rapid.T) string {
	words := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{"the", "safe", "haven", "tally", "trust", "cio", "ltd", "group", "1st", "2nd", "modern", "Νew", "клуб", "र", "&", "\u200b"}),
		rapid.StringOfN(rapid.RuneFrom([]rune("abcdefrnvl019 I"), unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Han), 0, 8, -1),
	), 0, 5).Draw(t, "words")
	return strings.Join(words, " ")
})

// TestKeysFindWhatIsAlike: whatever Alike finds, an index by Keys finds.
func TestKeysFindWhatIsAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := strange.Draw(t, "a")
		b := []rune(a)
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			if len(b) == 0 {
				break
			}
			i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "change") {
			case 0:
				b = slices.Delete(b, i, i+1)
			case 1:
				b = slices.Insert(b, i, 'x')
			case 2:
				b[i] = 'z'
			case 3:
				if i > 0 {
					b[i], b[i-1] = b[i-1], b[i]
				}
			}
		}
		words := strings.Fields(string(b))
		if rapid.Bool().Draw(t, "turned") {
			slices.Reverse(words)
		}
		other := strings.Join(words, " ")
		likeness := Alike(a, other)
		if likeness != Alike(other, a) {
			t.Fatalf("%q and %q are not as alike as the other way round", a, other)
		}
		if likeness != Different && !meet(Keys(a), Lookups(other)) {
			t.Fatalf("%q is not found by %q: %q, %q", a, other, Keys(a), Lookups(other))
		}
		longer := "New Moon " + other + " of Harthwaite"
		// Of a name of very many words only the first are looked at.
		if len(takeApart(longer).words) <= mostWords && Contains(longer, a) && !meet(Keys(a), slices.Concat(Lookups(longer), Inner(longer))) {
			t.Fatalf("%q is not found in %q", a, longer)
		}
		if len(Keys(a)) > 4 || len(Inner(longer)) > 60 || len(Lookups(a)) > 8 {
			t.Fatalf("too many keys of %q", a)
		}
	})
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(k string) bool { return slices.Contains(b, k) })
}

func TestSkeletonIsSteady(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := strange.Draw(t, "name")
		s := Skeleton(name)
		if upper := Skeleton(strings.ToLower(name)); bits.OnesCount(alphabets(name)) < 2 && !strings.ContainsAny(name, "I") && upper != s {
			t.Fatalf("%q: %q, in small letters %q", name, s, upper)
		}
	})
}

// thousands are so many different names of the kind that registers are full of.
func thousands(n int) (all []string) {
	kinds := []string{"Scouts", "Parish Church", "Village Hall", "Food Bank", "Choir", "Friends of the Park", "Women's Institute", "Tenants' Association", "Repair Café", "Allotments"}
	for i := range n {
		all = append(all, fmt.Sprintf("%s%s%s %s", []string{"Hart", "Mill", "Oak", "Stone", "Wil", "Bram", "Thorn", "Ash", "Elm", "Brook"}[i/10%10],
			[]string{"ham", "ton", "ley", "wick", "by", "ford", "field", "thwaite", "worth", "bury"}[i/100%10],
			[]string{"", " East", " West", " Upper", " Lower", " Green", " End", " Cross", " Moor", " Bank"}[i/1000%10], kinds[i%10])+
			[]string{"", " (Old)", " Junior", " Senior", " Trust", " Club", " Society", " Project", " Fund", " Circle"}[i/10000%10]+
			[]string{"", " Two"}[i/100000%2])
	}
	return all
}

// BenchmarkLookup finds what is alike one name among 200,000.
func BenchmarkLookup(b *testing.B) {
	all := thousands(200_000)
	index := map[string][]int{}
	for i, name := range all {
		for _, k := range Keys(name) {
			index[k] = append(index[k], i)
		}
	}
	looked, found, i := 0, 0, 0
	b.ReportAllocs()
	for b.Loop() {
		name := all[i*7919%len(all)] + "s"
		i++
		for _, k := range Lookups(name) {
			for _, at := range index[k] {
				looked++
				if Alike(name, all[at]) != Different {
					found++
				}
			}
		}
	}
	b.ReportMetric(float64(looked)/float64(i), "looked/op")
	b.ReportMetric(float64(found)/float64(i), "found/op")
}

func BenchmarkSkeleton(b *testing.B) {
	for b.Loop() {
		Skeleton("The Friends of Harthwaite Moor Upper Village Hall")
	}
}
