package introduce

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ginnel/bot"
)

// TestApply lets events arrive however they like, the clock going back as well as forth, and keeps count beside.
func TestApply(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		began := time.Unix(1.8e9, 0)
		i := bot.Introduction{State: bot.IntroductionOpen, At: began, Lapses: began.Add(lapsesAfter)}
		i.Parties[0].Assent = rapid.SampledFrom([]bot.Assent{bot.Yes, bot.Asked}).Draw(t, "asked by")
		i.Parties[1].Assent = bot.Asked
		standing := [2]bool{i.Parties[0].Assent == bot.Yes, false}
		over := false
		for range rapid.IntRange(1, 30).Draw(t, "events") {
			side := rapid.IntRange(0, 1).Draw(t, "side")
			m := rapid.SampledFrom([]Event{SayYes, SayYes, SayNo, SayKnown, Lapse, Stop}).Draw(t, "event")
			now := began.Add(time.Duration(rapid.Int64Range(-int64(day), 16*int64(day)).Draw(t, "at")))
			next, err := Apply(i, side, m, now)
			if over != (i.State != bot.IntroductionOpen) {
				t.Fatalf("it is %s", i.State)
			}
			if err != nil {
				if next != i {
					t.Fatal("an event that cannot be changes something")
				}
				continue
			}
			switch {
			case over:
				t.Fatalf("%s, although it is over", m)
			case m == Lapse && now.Before(i.Lapses), m != Lapse && m != Stop && !now.Before(i.Lapses):
				t.Fatalf("%s at %s, when it lapses at %s", m, now, i.Lapses)
			}
			switch m {
			case SayYes:
				standing[side] = true
			case SayNo:
				standing[side] = false
			default:
				over = true
			}
			if made := next.State == bot.IntroductionMade; made != (standing[0] && standing[1] && !over) {
				t.Fatalf("made is %v with %v", made, standing)
			} else if made {
				over = true
			}
			i = next
		}
	})
}
