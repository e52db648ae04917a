package talk

import (
	"slices"

	"ginnel/bot"
)

// inquired answers what is asked about a question that no introduction put: whether to be listed, to look out for something, to
// be forgotten. Its choices stand under the answer again. ok is false for all that is asked about introductions.
func (b *Bot) inquired(name string, h heard) (reply bot.Reply, ok bool) {
	answer, ok := map[string]string{"about.then": "then", "introduce.then": "then", "about.later": "later", "introduce.until": "later"}[name]
	if !ok {
		return nil, false
	}
	for _, kind := range h.kinds {
		if slices.Contains([]string{"introduction", "gather", "waiting"}, kind) {
			return nil, false
		}
	}
	for _, kind := range []string{"forget", "list", "watch"} {
		if slices.Contains(h.kinds, kind) {
			return bot.Lines(b.words.Line("about." + kind + "." + answer)).Choose(h.open...), true
		}
	}
	return nil, false
}
