package language

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"ginnel/bot"
)

func TestReadPostcode(t *testing.T) {
	for text, want := range map[string]bot.Postcode{
		"M12 4AB":    "M12 4AB",
		"m124ab":     "M12 4AB",
		" m12  4ab ": "M12 4AB",
		"M1 2AB":     "M1 2AB",
		"m1 2 a b":   "M1 2AB",
		"EC1A 1BB":   "EC1A 1BB",
		"SW1A 2AA":   "SW1A 2AA",
		"W1A 0AX":    "W1A 0AX",
		"LS10":       "LS10",
		"ls1":        "LS1",
		"QX3":        "QX3",
		"X7":         "X7",
		"M6":         "M6",
		"n1p":        "N1P",

		"":              "",
		" ":             "",
		"M":             "",
		"12":            "",
		"MANCHESTER":    "",
		"A1":            "", // a road
		"K9":            "",
		"C2C":           "",
		"B2B":           "",
		"U3A":           "", // a learning group
		"M1A":           "", // letters end a district in London alone
		"ABC1":          "",
		"M123":          "",
		"LS01":          "", // no district has a nought in front
		"M12 4AI":       "",
		"M12 4CA":       "",
		"M12 OAB":       "", // an O that was meant as a nought
		"M12 44B":       "",
		"M12 4ABC":      "",
		"M1 2":          "", // an outward half is written in one piece
		"a 4 bed house": "",
		"M12-4AB":       "",
		"Ｍ12 4AB":       "",
		"M12 4A\u00e9":  "",
		"1M2 4AB":       "",

		"M 1 2                     4AB": "",
	} {
		got, ok := ReadPostcode(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("ReadPostcode(%q) = %q, %v; want %q", text, got, ok, want)
		}
	}
}

var written = regexp.MustCompile(`^[A-Z]{1,2}[0-9][0-9A-Z]?( [0-9][A-Z]{2})?$`)

// checkPostcode fails where a postcode is not what ReadPostcode promises of text.
func checkPostcode(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string,
) {
	t.Helper()
	code, ok := ReadPostcode(text)
	if !ok {
		return
	}
	if !written.MatchString(code.String()) {
		t.Fatalf("%q was read as %q", text, code)
	}
	if again, ok := ReadPostcode(code.String()); !ok || again != code {
		t.Fatalf("%q was read from %q, and from itself %q, %v", code, text, again, ok)
	}
	if out, ok := ReadPostcode(code.Outcode()); ok && out.String() != code.Outcode() {
		t.Fatalf("the outward half of %q was read as %q", code, out)
	}
	if strings.Join(strings.Fields(code.String()), "") != strings.Join(strings.Fields(strings.ToUpper(text)), "") {
		t.Fatalf("%q has other signs than %q", code, text)
	}
}

func TestAPostcodeReadsAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Za-z]{1,2}[0-9][0-9A-Za-z]?( {0,2}[0-9][A-Za-z]{2})?`).Draw(t, "text")
		checkPostcode(t, text)
		upper, okUpper := ReadPostcode(strings.ToUpper(text))
		lower, okLower := ReadPostcode(strings.Map(unicode.ToLower, text))
		if upper != lower || okUpper != okLower {
			t.Fatalf("%q: %q in capitals, %q in small letters", text, upper, lower)
		}
	})
}

func FuzzReadPostcode(f *testing.F) {
	for _, text := range []string{"M12 4AB", "ec1a1bb", "qx9", "W1A", "ſ1 1ab", "M1\u00a02AB", "ǆ1", "M12\t4AB"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkPostcode(t, text) })
}
