package introduce

import (
	"errors"
	"time"

	"ginnel/bot"
)

// Event is something that happens to an introduction.
type Event string

// The events. What one side says is told by its party; a lapse and a stop happen to both.
const (
	SayYes   Event = "yes"
	SayNo    Event = "no"    // no, not now, a block, a withdrawal: all one
	SayKnown Event = "known" // we know them already
	Lapse    Event = "lapse" // the time is over
	Stop     Event = "stop"  // it is not needed any more
)

// errOver says that nothing can happen to it any more, or not this.
var errOver = errors.New("this introduction is over")

// said is what one side may say, and what it has said then. What is not here cannot happen.
var said = map[bot.Assent]map[Event]bot.Assent{
	bot.Asked: {SayYes: bot.Yes, SayNo: bot.No, SayKnown: bot.Known},
	bot.Yes:   {SayYes: bot.Yes, SayNo: bot.No, SayKnown: bot.Known},
	bot.No:    {SayYes: bot.Yes, SayNo: bot.No, SayKnown: bot.Known},
}

// Apply is i after an event of one of its parties (0 or 1; for Lapse and Stop it does not matter) at now. It is made when
// both parties have said yes, and only then; a no leaves it open, so that it ends when silence would have ended it.
func Apply(i bot.Introduction, party int, e Event, now time.Time) (bot.Introduction, error) {
	if i.State != bot.IntroductionOpen {
		return i, errOver
	}
	late := !now.Before(i.Lapses)
	switch e {
	case Lapse:
		if !late { // a clock went back
			return i, errOver
		}
		i.State, i.Ended = bot.IntroductionOver, now
		return i, nil
	case Stop:
		i.State, i.Ended = bot.IntroductionOver, now
		return i, nil
	}
	assent, ok := said[i.Parties[party].Assent][e]
	if !ok || late {
		return i, errOver
	}
	i.Parties[party].Assent = assent
	switch {
	case assent == bot.Known:
		i.State, i.Ended = bot.IntroductionOver, now
	case i.Parties[0].Assent == bot.Yes && i.Parties[1].Assent == bot.Yes:
		i.State, i.Made = bot.IntroductionMade, now
	}
	return i, nil
}
