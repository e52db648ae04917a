package talk

import (
	"strings"

	"ginnel/bot"
	"ginnel/bot/language"
)

// misread is a problem when a blank of a form was filled with what cannot stand there, such as a day that is none. What fills a
// blank stands in marks, so it is seen by one slot that holds several, or by a sentence that fits no phrase any more.
func (b *Bot) misread(line string, today bot.Date) error {
	_, values, ok := b.book.Match(line, today)
	if !ok {
		if all := language.Quoted(line); len(all) > 0 {
			return b.words.Trouble("problem.blank", "what", all[0])
		}
	}
	for _, v := range values {
		if all := language.Quoted(v.Text); len(all) > 1 && strings.HasPrefix(v.Text, "“") && !v.Exact {
			return b.words.Trouble("problem.blank", "what", all[len(all)-1])
		}
	}
	return nil
}
