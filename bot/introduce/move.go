package introduce

import (
	"errors"
	"time"

	"ginnel/bot"
)

// Move is something that happens to an introduction.
type Move string

// The moves. What one side says is told by its party; a lapse and a stop happen to both.
const (
	SayYes   Move = "yes"
	SayNo    Move = "no"    // no, not now, a block, a withdrawal: all one
	SayKnown Move = "known" // we know them already
	Lapse    Move = "lapse" // the time is over
	Stop     Move = "stop"  // it is not needed any more
)

// errOver says that nothing can be moved any more, or not by this.
var errOver = errors.New("this introduction is over")

// moves is what one side may say, and what it has said then. What is not here cannot happen.
var moves = map[bot.Assent]map[Move]bot.Assent{
	bot.Asked: {SayYes: bot.Yes, SayNo: bot.No, SayKnown: bot.Known},
	bot.Yes:   {SayYes: bot.Yes, SayNo: bot.No, SayKnown: bot.Known},
	bot.No:    {SayYes: bot.Yes, SayNo: bot.No, SayKnown: bot.Known},
}

// Step is i after a move of one of its parties (0 or 1; for Lapse and Stop it does not matter) at now. It is made when
// both parties have said yes, and only then; a no leaves it open, so that it ends when silence would have ended it.
func Step(i bot.Introduction, party int, m Move, now time.Time) (bot.Introduction, error) {
	if i.State != bot.IntroductionOpen {
		return i, errOver
	}
	late := !now.Before(i.Lapses)
	switch m {
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
	said, ok := moves[i.Parties[party].Assent][m]
	if !ok || late {
		return i, errOver
	}
	i.Parties[party].Assent = said
	switch {
	case said == bot.Known:
		i.State, i.Ended = bot.IntroductionOver, now
	case i.Parties[0].Assent == bot.Yes && i.Parties[1].Assent == bot.Yes:
		i.State, i.Made = bot.IntroductionMade, now
	}
	return i, nil
}
