package clean

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// strange draws text that strangers send to break a layout, a width or a comparison.
var strange = rapid.OneOf(
	rapid.String(),
	rapid.StringOfN(rapid.SampledFrom([]rune("ab THEthe.,&'’–\n\r\t \u00a0\u200b\u200c\u200d\u202e\u2066\u2028\ufeff\u034f\u0301\u0302\u0323\U000e0041\U0001f469\U0001f466\U0001f1ec\U0001f1e7éаνßıﬁ＆ㅤ\u3164क्षىً")), 0, 24, -1),
	rapid.StringOfN(rapid.SampledFrom([]rune("ae \n\u0301\u0323\u200b\u200d\u034fक्")), 0, 12, -1),
	rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 24), func(b []byte) string { return string(b) }),
)

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"  Tally \t Trust  ":               "Tally Trust",
		"a\r\nb\rc\u2028d\u0085e":          "a\nb\nc\nd\ne",
		"a\n\n\n\nb":                       "a\n\nb",
		"\n\n a \n b \n\n":                 "a\nb",
		"a\u00a0\u3000b":                   "a b",
		"pay\u202eerahs\u202c":             "payerahs",
		"\u2066a\u2069\u200eb\u200f":       "ab",
		"zero\u200bwidth\ufeff":            "zerowidth",
		"e\u200b\u0301":                    "é",
		"flag\U000e0067\U000e007f":         "flag",
		"bell\a and \x1b[31mred":           "bell and [31mred",
		"e\u0301":                          "é",
		"z\u0300\u0301\u0302\u0303\u0304!": "z\u0300\u0301\u0302\u0303!",
		"\U0001f469\u200d\U0001f469":       "\U0001f469\u200d\U0001f469", // two women, one family
		"क्\u200dष":                        "क्\u200dष",
		" \u200dlost joiner":               "lost joiner",
		"a\u200d\u200d\u200cb":             "a\u200db",
		"caf\xe9":                          "caf\ufffd",
		"empty\u3164\u115flook":            "emptylook",
		"Việt Nam, שָׁלוֹם, كتابٌ, ਗੁਰਦੁਆਰਾ": "Việt Nam, שָׁלוֹם, كتابٌ, ਗੁਰਦੁਆਰਾ",
	} {
		if got := Text(text); got != norm.NFC.String(want) {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestCleanTextIsTame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strange.Draw(t, "text")
		clean := Text(text)
		if again := Text(clean); again != clean {
			t.Fatalf("clean: %q, once more: %q", clean, again)
		}
		tame(t, clean)
		line := OneLine(text)
		if again := OneLine(line); again != line {
			t.Fatalf("one line: %q, once more: %q", line, again)
		}
		if strings.Contains(line, "\n") {
			t.Fatalf("more than one line: %q", line)
		}
	})
}

// tame fails for what Text promises to leave out.
func tame(t interface {
	Helper()
	Fatalf(string, ...any)
}, clean string,
) {
	t.Helper()
	if !utf8.ValidString(clean) || !norm.NFC.IsNormalString(clean) {
		t.Fatalf("%q is not UTF-8 in NFC", clean)
	}
	if strings.TrimSpace(clean) != clean || strings.Contains(clean, "  ") || strings.Contains(clean, "\n\n\n") {
		t.Fatalf("%q has spaces to spare", clean)
	}
	before := '\n'
	for _, r := range clean {
		joins := r == '\u200c' || r == '\u200d'
		switch {
		case joins && strings.ContainsRune("\n \u200c\u200d", before):
			t.Fatalf("%q has a joiner in it that joins nothing", clean)
		case r == '\n' || joins || unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
			t.Fatalf("%q has %U in it, which nobody sees", clean, r)
		case r != ' ' && unicode.IsSpace(r):
			t.Fatalf("%q has %U in it, a space of another kind", clean, r)
		}
		before = r
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"Tally\nTrust": "Tally Trust",
		"\n\na\n\n b ": "a b",
		"\u2029":       "",
	} {
		if got := OneLine(text); got != want {
			t.Errorf("OneLine(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		text string
		max  int
		want string
	}{
		{"a hall", 6, "a hall"},
		{"a hall", 5, "a ha…"}, // the last word is longer than half of it
		{"a hall", 1, "…"},
		{"a hall", 0, ""},
		{"a hall", -1, ""},
		{"", 0, ""},
		{"a hall, with a kitchen", 10, "a hall…"},
		{"a kitchen – big", 13, "a kitchen…"},
		{"Llanfairpwllgwyngyll", 8, "Llanfai…"},
		{"a Llanfairpwllgwyngyll", 12, "a Llanfairp…"},
		{"cafés", 4, "caf…"},
		{"\U0001f469\u200d\U0001f469\u200d\U0001f466!", 5, "…"}, // a family is not parted
		{"🇬🇧🇵🇱", 3, "🇬🇧…"},
	} {
		if got := Shorten(c.text, c.max); got != c.want {
			t.Errorf("Shorten(%q, %d) = %q, want %q", c.text, c.max, got, c.want)
		}
	}
}

func TestWhatIsShortIsShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, most := Text(strange.Draw(t, "text")), rapid.IntRange(-1, 30).Draw(t, "max")
		short := Shorten(text, most)
		if n := utf8.RuneCountInString(short); n > max(most, 0) {
			t.Fatalf("%q has %d characters, more than %d", short, n, most)
		}
		if again := Shorten(short, most); again != short {
			t.Fatalf("short: %q, once more: %q", short, again)
		}
		if kept, cut := strings.CutSuffix(short, "…"); short != text && cut && !strings.HasPrefix(text, kept) {
			t.Fatalf("%q does not begin %q", short, text)
		}
	})
}

func TestFold(t *testing.T) {
	for _, alike := range [][]string{
		{"The Tally Trust", "TALLY  TRUST", "Tally Trust.", "tally-trust", "Ｔａｌｌｙ Trust", "The the Tally Trust", "Tally\u200b Trust", "Tаlly Тrust"},
		{"Repair Café", "repair cafe", "Repair Cafe\u0301", "REPAIR CAFÉ"},
		{"Men's Shed", "Mens Shed", "Men’s Shed", "MEN`S SHED"},
		{"Bread & Roses", "Bread and Roses", "Bread&Roses", "Bread ＆ Roses"},
		{"Straße", "STRASSE", "strasse"},
		{"U.K. Choir", "UK Choir"},
		{"Νew Start", "New Start"}, // a Greek capital that looks like an N
		{"The", "the", "THE."},
	} {
		for _, name := range alike {
			if got, want := Fold(name), Fold(alike[0]); got != want {
				t.Errorf("%q is told from %q: %q and %q", name, alike[0], got, want)
			}
		}
	}
	for _, different := range [][2]string{
		{"Tally Trust", "Tally Truss"},
		{"Area 1", "Area l"},
		{"Group 0", "Group o"},
		{"हिन्दी", "हन्द"}, // vowel signs are letters of their own
		{"!!", "??"},
		{"Theatre", "atre"},
		{"3rd Scouts", "3 Scouts"},
	} {
		if a, b := Fold(different[0]), Fold(different[1]); a == b {
			t.Errorf("%q and %q are both %q", different[0], different[1], a)
		}
	}
}

func TestCleaningChangesNoFoldedName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := strange.Draw(t, "name")
		folded := Fold(name)
		if clean := Fold(Text(name)); clean != folded {
			t.Fatalf("of %q: %q, of it cleaned: %q", name, folded, clean)
		}
		if (folded == "") != (OneLine(name) == "") {
			t.Fatalf("of %q nothing is left", name)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, text := range []string{"a\r\n\n b", "\u202e\xff", "e\u0301\u0301\u0301\u0301\u0301", "\u1112\u1161\u11ab\u200d", "\u0958\u0327\u0301", "\U000e0041a", "The & ﬁ™"} {
		f.Add(text, 5)
	}
	f.Fuzz(func(t *testing.T, text string, most int) {
		clean := Text(text)
		if again := Text(clean); again != clean {
			t.Fatalf("clean: %q, once more: %q", clean, again)
		}
		tame(t, clean)
		if short := Shorten(clean, most); utf8.RuneCountInString(short) > max(most, 0) {
			t.Fatalf("%q is longer than %d", short, most)
		}
		if a, b := Fold(text), Fold(clean); a != b {
			t.Fatalf("folded names %q and %q", a, b)
		}
	})
}
