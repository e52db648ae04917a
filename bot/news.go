package bot

import "time"

// NewsKind sorts what a digest tells.
type NewsKind string

// The kinds of news, in the order in which they are told.
const (
	Newcomer   NewsKind = "newcomer"
	FreshOffer NewsKind = "offer"
	FreshNeed  NewsKind = "need"
	OpenAsk    NewsKind = "ask"   // new
	Gap        NewsKind = "gap"   // new, and nobody offers it
	StillOpen  NewsKind = "still" // once more, before it closes
	SmallThing NewsKind = "small" // help that was given, told with both sides' leave
)

// NewsKinds are all kinds, in order.
var NewsKinds = []NewsKind{Newcomer, FreshOffer, FreshNeed, OpenAsk, Gap, StillOpen, SmallThing}

// NewsItem is one line of a digest, before it is put into words.
type NewsItem struct {
	Kind         NewsKind
	Organisation Organisation // whose it is
	Other        Organisation // of a small thing, who helped
	Text         string       // of the entry or the ask, "" for a newcomer
	At           time.Time
}

// AsksCloseAfter is how long an ask stays open that nobody closes; StillOpenAfter when it is told once more.
const (
	AsksCloseAfter = 28 * 24 * time.Hour
	StillOpenAfter = 21 * 24 * time.Hour
)
