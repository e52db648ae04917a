package language

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ginnel/bot"
	"ginnel/bot/clean"
)

var monday = bot.Day(2026, 11, 23)

const testWords = `
[we]
understood: we are {name} [, {place:place}]
understood: we are {name} in {place:place}
[full]
understood: we are full [until {until:date}]
understood: we are full until {when}
example: we are full until 1 March
[month]
understood: {n:number} asks a month
[offer]
understood: we can offer {what} [until {until:date}]
example: we can offer a hall with a kitchen
[ask]
understood: who can help with {what} [in {in:place}]
understood: who {what}
[thanks]
understood: sorted, thank you {who}
[sorted]
understood: sorted [{what}]
said one: {n:plural one="One group" other="{n} groups"} for {what}, {{not a slot}}
`

func testBook(t interface{ Fatal(...any) }) *Book {
	b, err := ReadBook("en", WordFiles{Verb: "test", Files: fstest.MapFS{"words/en.txt": {Data: []byte(testWords)}}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMatch(t *testing.T) {
	b := testBook(t)
	for said, want := range map[string]string{
		"we are Tally Trust":                              "test.we name=Tally Trust",
		"We are Tally Trust, M19":                         "test.we name=Tally Trust place=M19",
		"we are Tally Trust in m19":                       "test.we name=Tally Trust place=m19",
		"we are Bread, Butter, Jam":                       "test.we name=Bread, Butter, Jam",
		"we are full":                                     "test.full",
		"we are full!!":                                   "test.full",
		"We are full until 1 March.":                      "test.full until=1 March",
		"we are full until the cows come home":            "test.full when=the cows come home",
		"we are fuller":                                   "test.we name=fuller",
		"two asks a month":                                "test.month n=two",
		"some asks a month":                               "",
		"we can offer a hall until Friday":                "test.offer until=Friday what=a hall",
		"we can offer a hall until nine o'clock":          "test.offer what=a hall until nine o'clock",
		"we can offer rides until late until Friday":      "test.offer until=Friday what=rides until late",
		"who can help with our accounts in M12?":          "test.ask in=M12 what=our accounts",
		"who can help with spring cleaning in spring?":    "test.ask what=spring cleaning in spring",
		"Hi all, please, who can help with our accounts?": "test.ask what=our accounts",
		"hello everyone who mends bikes":                  "test.ask what=mends bikes",
		"who":                                             "",
		"sorted":                                          "test.sorted",
		"Sorted, thank you Tally Trust":                   "test.thanks who=Tally Trust",
		"sorted the van":                                  "test.sorted what=the van",
		"we can offer “a hall until Friday”":              "test.offer what=a hall until Friday",
		"who can help with “accounts in M12”":             "test.ask what=accounts in M12",
		`we can offer "tea until Friday" until Friday`:    "test.offer until=Friday what=tea until Friday",
		`we can offer a 5" pipe`:                          `test.offer what=a 5" pipe`,
		"we can offer “a hall":                            "test.offer what=a hall",
		"WHO CAN HELP WITH TEA":                           "test.ask what=TEA",
		"who can help with tea, cake, and sandwiches":     "test.ask what=tea, cake, and sandwiches",
		"":    "",
		"?":   "",
		", ,": "",
	} {
		command, values, ok := b.Match(said, monday)
		got := command
		for _, slot := range []string{"in", "n", "name", "until", "what", "when", "who", "place"} {
			if v, filled := values[slot]; filled {
				got += " " + slot + "=" + v.Text
			}
		}
		if got != want || ok != (want != "") {
			t.Errorf("Match(%q) = %q, want %q", said, got, want)
		}
	}
}

// Whatever a value is, saying a command with it and matching that leads back.
func TestMatchUndoesSay(t *testing.T) {
	b := testBook(t)
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.String(), rapid.StringMatching(`[“”", .?!until]{1,12}`), rapid.SampledFrom([]string{"until Friday", "”", "““", "a ” until “b", "in M12"}))
		what := strings.Join(strings.Fields(clean.Text(value.Draw(t, "what"))), " ")
		if what == "" {
			return
		}
		said := map[string]any{"what": what}
		until := bot.Date{}
		if rapid.Bool().Draw(t, "dated") {
			until = monday.AddDays(rapid.IntRange(0, 5000).Draw(t, "days"))
			said["until"] = until
		}
		text := b.say("test.offer", said)
		command, values, ok := b.Match(text, monday)
		if !ok || command != "test.offer" || values["what"].Text != what || values["until"].Date != until {
			t.Fatalf("%q is matched as %s %v", text, command, values)
		}
		if got := Quoted(text); len(got) == 0 || got[0] != what {
			t.Fatalf("of %q stands in marks %q", text, got)
		}
	})
}

func TestMatchTakesAnything(t *testing.T) {
	b := testBook(t)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"we", "are", "full", "until", "who", "can", "help", "with", "“", "”", ",", "1", "March", "in", "M12", "a", "sorted"}), 0, 40).Draw(t, "words")
		text := strings.Join(words, " ")
		b.Match(text, monday)
		b.Mend(text, monday)
	})
}

func TestMend(t *testing.T) {
	b := testBook(t)
	for said, want := range map[string]string{
		"we can ofer a trampoline":   "we can offer a trampoline",
		"who can hlep with accounts": "who can help with accounts",
		"sortde":                     "sorted",
		"we are fulll until 1 March": "",
		"the weather is fine today":  "",
	} {
		if want == "" {
			continue
		}
		if got := b.Mend(said, monday); got != want {
			t.Errorf("Mend(%q) = %q, want %q", said, got, want)
		}
	}
	if got := b.Mend("the weather is fine today", monday); got != "" {
		t.Errorf("Mend makes %q of chatter", got)
	}
}

func TestSentences(t *testing.T) {
	w := testBook(t).Of("test")
	for n, want := range map[int]string{1: "One group for tea, {{not a slot}}", 4: "4 groups for tea, {{not a slot}}"} {
		if diff := cmp.Diff(want, w.Plain("sorted.one", "n", n, "what", "tea")); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWordFilesThatAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"one shape twice":     "[a]\nunderstood: tea {x}\n[b]\nunderstood: tea {y}\n",
		"two free slots":      "[a]\nunderstood: tea {x} {y}\n",
		"an example astray":   "[a]\nunderstood: tea\n[b]\nunderstood: cake\nexample: tea\n",
		"no section":          "understood: tea\n",
		"an unknown word":     "[a]\nheard: tea\n",
		"an open bracket":     "[a]\nunderstood: tea [{x}\n",
		"an open brace":       "[a]\nsaid x: tea {n\n",
		"an unknown slot":     "[a]\nunderstood: tea {x:colour}\n",
		"nothing but a tail":  "[a]\nunderstood: [tea]\n",
		"a sentence twice":    "[a]\nsaid x: tea\nsaid x: cake\n",
		"a section twice":     "[a]\nsaid x: tea\n[a]\n",
		"a plural of no form": "[a]\nsaid x: {n:plural}\n",
	} {
		if _, err := ReadBook("en", WordFiles{Verb: "test", Files: fstest.MapFS{"words/en.txt": {Data: []byte(text)}}}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzMatch(f *testing.F) {
	b := testBook(f)
	f.Add("we are “x” until")
	f.Fuzz(func(_ *testing.T, s string) {
		s = clean.Text(s)
		b.Match(s, monday)
		b.Mend(s, monday)
	})
}
