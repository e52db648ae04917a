package language

import "testing"

func TestReadWeekly(t *testing.T) {
	for text, want := range map[string]string{
		"Tuesday 10:00": "Tuesday 10:00", "tues at 10": "Tuesday 10:00", "mondays 9.30am": "Monday 09:30", "Friday, 2 pm": "Friday 14:00",
		"thu 12 pm": "Thursday 12:00", "Wednesday 21:29": "Wednesday 21:29",
		"Tuesday 7:59": "", "Tuesday 21:30": "", "someday 10:00": "", "Tuesday": "", "Tuesday 25:00": "", "Tuesday 13 pm": "", "": "",
	} {
		w, ok := english.ReadWeekly(text)
		if got := english.Weekly(w); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %s, %v", text, got, ok)
		}
	}
}
