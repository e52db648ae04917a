package language

import (
	"io/fs"
	"os"
	"testing"
	"time"

	"ginnel/bot"
)

// TestSecondLanguage: a language is files alone. The one in testdata is made up, and counts as Slovenian does.
func TestSecondLanguage(t *testing.T) {
	files := os.DirFS("testdata/second")
	verb, err := fs.Sub(files, "verb")
	if err != nil {
		t.Fatal(err)
	}
	b, err := readBook("sl", files, WordFiles{Verb: "test", Files: verb})
	if err != nil {
		t.Fatal(err)
	}
	w := b.Of("test")

	is := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s is %q, want %q", what, got, want)
		}
	}
	command, args, _ := b.Match("Zdravo, damo tro stole do Trava 1o", monday)
	is("a phrase", command+" "+args["what"].Text+" "+args["until"].Date.ISO(), "test.borrow stole 2027-04-01")
	if args["n"].Number != 3 {
		t.Errorf("tro is %d", args["n"].Number)
	}
	is("with a slip", b.Mend("damm tro stole", monday), "damo tro stole")
	say := w.Say("test.borrow", "n", 2, "what", "stole", "until", bot.Day(2027, time.April, 1))
	is("said again", say, "damo “2” “stole” do “2027 Trava 1o”")
	_, args, _ = b.Match(say, monday)
	is("what is said again", args["until"].Date.ISO(), "2027-04-01")

	for n, want := range map[int]string{1: "1 stol", 2: "2 stola", 3: "3 stoli", 5: "5 stolov", 102: "102 stola"} {
		is("a plural", w.Plain("borrow.done", "n", n, "until", bot.Day(2026, time.December, 6)), want+" do 2026 Tema 6o")
	}
	now := monday.Time(time.UTC).Add(12 * time.Hour)
	for days, want := range map[int]string{0: "zdaj", 1: "čeraj", 2: "pred 2 soloma", 22: "pred 3 seme", 800: "pred 2 leta"} {
		is("an age", w.Age(now.AddDate(0, 0, -days), now), want)
	}

	for said, want := range map[string]string{
		"zore": "2026-11-24", "1luna 7o": "2027-01-07", "semo 2 po": "2026-12-07", "lune parok po": "2027-01-23", "Vetra 2027": "2027-03-01", "Mikova": "2026-12-06",
		"12/24": "2026-12-24", "2027 žita 3o": "2027-08-03", "Vesna 2028": "2028-04-16", "konec lune": "2026-11-30", "semo pride": "2026-11-30",
		"Šesti": "2026-11-28", "Prvi": "?", "tomorrow": "", "1 March": "", "semo 2": "",
	} {
		d, options, _ := b.ReadDate(said, monday)
		got := d.ISO()
		if options != nil {
			got = "?"
		}
		is(said, got, want)
	}
	for text, want := range map[string]string{
		"stole za Šesti Tema 12o":      "stole|za Tema 12o|2026-12-12",
		"stole do Petori pri morju":    "stole pri morju|do Megla 27o|2026-11-27",
		"stole zore":                   "stole|na Megla 24o|2026-11-24",
		"stole vu Vetra":               "stole|za Vetra 2027|2027-03-31",
		"a hall for Saturday tomorrow": "a hall for Saturday tomorrow||",
	} {
		rest, said, day := w.CutDay(text, monday)
		is(text, rest+"|"+said+"|"+day.ISO(), want)
	}
	is("a day with its weekday", b.FullDay(bot.Day(2026, time.December, 6)), "Sedmi 2026 Tema 6o")
	if at, ok := w.ReadWeekly("Dvorje ob 2 več"); !ok || w.Weekly(at) != "Dvori ob 14:00" {
		t.Errorf("a time of the week is %v, %s", ok, w.Weekly(at))
	}
	if day, ok := w.ReadLength("semo 2", monday); !ok || day.ISO() != "2026-12-07" {
		t.Errorf("a length is %v, %v", ok, day)
	}

	if label, unsure, n := b.Meant(b.WithoutCourtesies(Fold("Zdravo, raje ne, fala"))); label != "ne" || unsure || n != 2 {
		t.Errorf("an answer is %q, %v, of %d words", label, unsure, n)
	}
	if label, unsure, _ := b.Meant(Fold("morda")); label != "ja" || !unsure {
		t.Errorf("perhaps is %q, %v", label, unsure)
	}
	if rest, asked := w.CutNameless("stole, brez imena"); !asked || rest != "stole" {
		t.Errorf("without a name: %q, %v", rest, asked)
	}
}

// TestDatesRefuse: what a file of days lacks or gets wrong is told when it is read.
func TestDatesRefuse(t *testing.T) {
	good, err := os.ReadFile("testdata/second/words/sl.dates.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readDates(english.book.dates.tag, string(good)); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"monat 1: x", "month: x", "month 1", "shape dream: x", "shape date: {date}", "shape season: {dream}", "shape day 0: [x",
		"feast 31/6: x", "unit hours 1: x", "unit days: x", "numeric: year first", "said day: {day",
	} {
		if _, err := readDates(english.book.dates.tag, string(good)+"\n"+bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := readDates(english.book.dates.tag, "month 1: x"); err == nil {
		t.Error("a file with one month is taken")
	}
}
