package layout

import (
	"testing"

	"ginnel/bot"
)

func TestFormFill(t *testing.T) {
	f := bot.Form{
		Fields: []bot.Field{{Name: "what", Many: true}, {Name: "until"}, {Name: "place"}},
		Say:    []string{"we can offer {what} [until {until}]", "we are in {place}", "still true"},
	}
	for name, c := range map[string]struct {
		values map[string][]string
		want   string
	}{
		"all":               {map[string][]string{"what": {"a hall"}, "until": {"1 March"}, "place": {"QX1"}}, "we can offer “a hall” until “1 March”\nwe are in “QX1”\nstill true"},
		"several":           {map[string][]string{"what": {"a hall", "a van"}, "until": {"1 March"}}, "we can offer “a hall” until “1 March”\nwe can offer “a van” until “1 March”\nstill true"},
		"an empty tail":     {map[string][]string{"what": {"a hall", "a [van]"}}, "we can offer “a hall”\nwe can offer “a [van]”\nstill true"},
		"an empty blank":    {map[string][]string{"what": {" "}, "until": {"1 March"}}, "still true"},
		"not many, two":     {map[string][]string{"place": {"QX1", "QX2"}}, "we are in “QX1”\nstill true"},
		"marks in a value":  {map[string][]string{"place": {"the “Hall”"}}, "we are in “the ““Hall”””\nstill true"},
		"a value of blanks": {map[string][]string{"what": {"{until}"}, "until": {"x"}}, "we can offer “{until}” until “x”\nstill true"},
	} {
		if got := Fill(f, c.values); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
