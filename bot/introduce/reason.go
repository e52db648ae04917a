package introduce

import (
	"ginnel/bot"
	"ginnel/bot/match"
)

// planned puts the reason of a pair into words. ok is false when an entry that it speaks of is gone.
func (v *Introduce) planned(p match.Pair, a, b standing) (out Planned, ok bool) {
	out, ok = Planned{Parties: [2]bot.Organisation{a.o, b.o}, chosen: p}, true
	text := func(r standing, entry int64) string {
		s := r.text(entry)
		ok = ok && s != ""
		return s
	}
	helps := func(needer, helper standing, need, offer int64) string {
		return v.words.Plain("round.helps", "needer", needer.o.Name, "need", text(needer, need), "helper", helper.o.Name, "offer", text(helper, offer))
	}
	r := p.Reason
	switch r.Kind {
	case match.HelpsBoth:
		out.About = text(a, r.NeedA)
		out.Reason = v.words.Plain("round.both", "one", helps(a, b, r.NeedA, r.OfferB), "other", helps(b, a, r.NeedB, r.OfferA))
	case match.HelpsOne:
		if r.NeedA != 0 {
			out.About, out.Reason = text(a, r.NeedA), helps(a, b, r.NeedA, r.OfferB)
		} else {
			out.About, out.Reason = text(b, r.NeedB), helps(b, a, r.NeedB, r.OfferA)
		}
	case match.SameNeed:
		out.About = text(a, r.NeedA)
		out.Reason = v.words.Plain("round.need", "one", a.o.Name, "need", text(a, r.NeedA), "other", b.o.Name, "same", text(b, r.NeedB))
	default:
		out.About = r.Words[0]
		words := bot.Text(r.Words[0])
		if len(r.Words) > 1 {
			words = v.words.Line("all.and", "first", r.Words[0], "last", r.Words[1])
		}
		out.Reason = v.words.Plain("round.field", "words", words)
	}
	return out, ok
}
