package language

import (
	"testing"
	"time"
)

func TestAge(t *testing.T) {
	w := testBook(t).Of("test")
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for days, want := range map[int]string{
		0: "today", 1: "yesterday", 2: "2 days ago", 13: "13 days ago", 14: "2 weeks ago", 59: "8 weeks ago",
		70: "2 months ago", 400: "13 months ago", 730: "2 years ago", -3: "today",
	} {
		if got := w.Age(now.AddDate(0, 0, -days), now); got != want {
			t.Errorf("%d days: %q, want %q", days, got, want)
		}
	}
}
