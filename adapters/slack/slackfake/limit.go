package slackfake

import (
	"math"
	"time"
)

// bucket lets so many calls through at once and then as many as flow in again.
type bucket struct {
	left    float64
	at      time.Time
	blocked time.Time // a 429 was given: nothing before then
}

// The tiers of Slack's methods, in calls a minute.
const (
	tier1 = 1
	tier2 = 20
	tier3 = 50
	tier4 = 100
	// many is for methods of which Slack says "hundreds a minute".
	many = 300
)

// channelBurst is how many messages a channel takes at once before the rule of one a second holds. Slack speaks of
// "short bursts" and gives no number.
const channelBurst = 3

// limited counts a call against its limit, and gives the seconds to wait when there is no room. Limits are per method,
// workspace and app; messages have one more per channel.
func (w *World) limited(app *App, method string, tier int, args object) int {
	if app == nil || tier == 0 || !w.limits {
		return 0
	}
	key := app.ID + " " + app.space.ID + " " + method
	burst, perSecond := float64(tier), float64(tier)/60
	if app.space.Distributed && (method == "conversations.history" || method == "conversations.replies") {
		burst, perSecond = 1, 1.0/60
	}
	if wait := w.take(key, burst, perSecond); wait > 0 {
		return wait
	}
	if channel := str(args["channel"]); method == "chat.postMessage" && channel != "" {
		return w.take(key+" "+channel, channelBurst, 1)
	}
	return 0
}

func (w *World) take(key string, burst, perSecond float64) int {
	at := time.Now()
	b := w.buckets[key]
	if b == nil {
		b = &bucket{left: burst, at: at}
		w.buckets[key] = b
	}
	if at.Before(b.blocked) {
		w.violate("a method was called again before the wait that a 429 asked for was over")
		return int(math.Ceil(b.blocked.Sub(at).Seconds()))
	}
	b.left = min(burst, b.left+at.Sub(b.at).Seconds()*perSecond)
	b.at = at
	if b.left < 1 {
		wait := int(math.Ceil((1 - b.left) / perSecond))
		b.blocked = at.Add(time.Duration(wait) * time.Second)
		return wait
	}
	b.left--
	return 0
}
