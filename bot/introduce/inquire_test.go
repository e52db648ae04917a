package introduce

import (
	"context"
	"strings"
	"testing"
	"time"

	"ginnel/bot"

	"pgregory.net/rapid"
)

// inquired is a store in which one introduction is, and all that may be read of it has been.
type inquired struct {
	Store
	i bot.Introduction
}

func (s inquired) Introductions(context.Context, bot.OrganisationID, time.Time) ([]bot.Introduction, error) {
	return []bot.Introduction{s.i}, nil
}

func (s inquired) Organisation(_ context.Context, id bot.OrganisationID) (bot.Organisation, error) {
	return bot.Organisation{ID: id, Name: map[bot.OrganisationID]string{1: "Weir Bank", 2: "Harbour House"}[id], Postcode: "QX3 4AB", About: "we grow beans"}, nil
}

func (s inquired) OrganisationsNamed(context.Context, string) ([]bot.Organisation, error) {
	return nil, nil
}

func (s inquired) Entries(_ context.Context, id bot.OrganisationID) ([]bot.Entry, error) {
	return []bot.Entry{{Organisation: id, Side: bot.Offer, Text: "beans"}, {Organisation: id, Side: bot.Need, Text: "a butt"}}, nil
}

func (s inquired) Gatherings(context.Context, bot.OrganisationID) ([]bot.Gathering, error) {
	return nil, nil
}

func (s inquired) PostMayBeRead(context.Context, string) (bool, error) { return true, nil }

// asked is all that somebody can find out by asking about what is open for the side of an organisation.
func asked(t *rapid.T, v *Introduce, org bot.OrganisationID) string {
	var all strings.Builder
	args := bot.Args{Standings: []bot.Standing{{Organisation: org, Steward: true}}}
	n := 0
	for _, c := range v.Commands() {
		switch c.Name {
		case "introduce.who", "introduce.why", "introduce.what", "introduce.then", "introduce.until":
		default:
			continue
		}
		n++
		a, err := c.Handle(t.Context(), bot.Message{At: noon, From: bot.Speaker{ID: "me"}}, args)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(a.Reply.Plain() + "\n")
	}
	if n != 5 {
		t.Fatalf("asked %d questions, want all five", n)
	}
	return all.String()
}

func TestAskingAboutAProposalTellsNothingOfTheOtherSide(t *testing.T) {
	v := verb(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		assent := rapid.SampledFrom([]bot.Assent{bot.Asked, bot.Yes, bot.No})
		i := bot.Introduction{
			ID: 7, State: bot.IntroductionOpen, About: "beans", Reason: "Weir Bank is looking for: beans", At: noon, Lapses: noon.Add(lapsesAfter),
			Origin:   rapid.SampledFrom([]bot.Origin{bot.FromAsk, bot.FromRound, bot.FromSuggestion}).Draw(t, "origin"),
			Nameless: rapid.Bool().Draw(t, "nameless"),
		}
		i.Parties[0], i.Parties[1] = bot.Party{Organisation: 1, Assent: bot.Yes}, bot.Party{Organisation: 2, Assent: bot.Asked}
		side := rapid.IntRange(0, 1).Draw(t, "side")
		i.Parties[side].Assent = assent.Draw(t, "ours")
		heard := map[string]bool{}
		for _, other := range []bot.Assent{bot.Asked, bot.Yes, bot.No} {
			i.Parties[1-side].Assent = other
			v.store = inquired{i: i}
			heard[asked(t, v, i.Parties[side].Organisation)] = true
		}
		if len(heard) != 1 {
			t.Fatalf("what is told depends on what the other side said: %v", heard)
		}
		if i.Nameless && side == 1 {
			for text := range heard {
				if strings.Contains(text, "Weir Bank") || strings.Contains(text, "QX3") {
					t.Fatalf("tells who asks without a name: %s", text)
				}
			}
		}
	})
}
