package register

import (
	"strings"
	"testing"
	"time"

	"ginnel/bot"
)

func TestWhatIsSaidAfterAnOfferIsAddedToIt(t *testing.T) {
	leads := strings.Fields("but and also sorry")
	for _, c := range []struct{ text, tail, want string }{
		{"a hall", "only on Tuesdays after 6", "a hall, only on Tuesdays after 6"},
		{"a hall.", "but only on Tuesdays!", "a hall, only on Tuesdays"},
		{"a hall, with a kitchen", "Sorry, but not in August", "a hall, with a kitchen, not in August"},
		{"a hall", "and", "a hall, and"},
	} {
		if got := withTail(c.text, c.tail, leads); got != c.want {
			t.Errorf("%q with %q is %q, want %q", c.text, c.tail, got, c.want)
		}
	}
}

func TestASlipIsPutRightWhereItStands(t *testing.T) {
	for _, c := range []struct{ text, from, to, want string }{
		{"chess lessons", "chess", "draughts", "draughts lessons"},
		{"lessons in Chess, evenings", "chess", "draughts", "lessons in draughts, evenings"},
		{"a hall on Monday evenings", "monday evenings", "Tuesdays", "a hall on Tuesdays"},
		{"chess lessons", "piano", "cello", ""},
		{"a chessboard", "chess", "draughts", ""}, // a part of a word is another word
		{"chess lessons", "", "draughts", ""},
		{"chess", "chess lessons", "draughts", ""},
	} {
		got, ok := corrected(c.text, c.from, c.to)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%q, %q not %q: got %q, %v, want %q", c.text, c.to, c.from, got, ok, c.want)
		}
	}
}

func TestOnlyWhatWasJustSaidIsAmendedUnnamed(t *testing.T) {
	now := time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	entry := func(id bot.EntryID, age time.Duration, imported bool) bot.Entry {
		return bot.Entry{ID: id, Confirmed: now.Add(-age), Imported: imported}
	}
	for name, c := range map[string]struct {
		entries []bot.Entry
		want    bot.EntryID // 0 for none
	}{
		"none":               {nil, 0},
		"the last":           {[]bot.Entry{entry(1, time.Minute, false), entry(3, time.Minute, false), entry(2, 0, false)}, 3},
		"too long ago":       {[]bot.Entry{entry(1, justNow, false)}, 0},
		"from a list":        {[]bot.Entry{entry(1, 0, true)}, 0},
		"older, though true": {[]bot.Entry{entry(1, 0, false), entry(2, 24*time.Hour, false)}, 0},
	} {
		e, ok := last(c.entries, now)
		if ok != (c.want != 0) || ok && e.ID != c.want {
			t.Errorf("%s: got %v, %v, want %v", name, e.ID, ok, c.want)
		}
	}
}
