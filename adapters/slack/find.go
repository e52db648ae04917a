package slack

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"ginnel/bot"
	"ginnel/bot/failure"
)

// echoed remembers a message of ours that Slack told us of.
func (s *Slack) echoed(key string, id bot.MessageID) { s.echoes.put(key, id) }

// Find looks for a post among what Slack told us of what we said, and in the history of its place where the app may read
// that. A second copy is removed.
func (s *Slack) Find(ctx context.Context, p bot.Post) (bot.MessageID, bool, error) {
	c, err := s.let(ctx)
	if err != nil {
		return "", false, err
	}
	if p.Where.Home {
		return "", false, nil
	}
	if p.Where.Only != "" {
		return "", false, bot.ErrCannotTell
	}
	channel, err := s.channel(ctx, c, p.Where)
	if err != nil {
		return "", false, err
	}
	key := opaque(p.Key)
	found, err := s.search(ctx, c, channel, p, key)
	if len(found) > 0 {
		for _, twin := range found[1:] {
			if _, _, err := c.DeleteMessageContext(ctx, channel, twin); err != nil {
				s.o.Log.Warn("a second copy of a message could not be removed", "error", failure.Redact(err))
			}
		}
		return messageID(channel, found[0]), true, nil
	}
	if id, known := s.echoes.get(key); known {
		return id, true, nil
	}
	if err != nil {
		return "", false, err
	}
	if since := s.o.Now().Sub(p.Tried); since < settled {
		return "", false, bot.SendLater(errors.New("it may only not be shown yet"), settled-since)
	}
	return "", false, nil
}

// search gives the timestamps of the messages of a post, oldest first.
func (s *Slack) search(ctx context.Context, c *slack.Client, channel string, p bot.Post, key string) (found []string, err error) {
	// Clocks differ.
	const before = 5 * time.Minute
	oldest := ""
	if !p.Tried.IsZero() {
		oldest = fmt.Sprintf("%d.000000", p.Tried.Add(-before).Unix())
	}
	cursor := ""
	const pages, page = 20, 100
	for range pages {
		var messages []slack.Message
		var more bool
		if p.Where.Thread != "" && p.Where.InRoom() {
			messages, more, cursor, err = c.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: channel, Timestamp: string(p.Where.Thread), Cursor: cursor, Oldest: oldest, Limit: page, IncludeAllMetadata: true,
			})
		} else {
			var got *slack.GetConversationHistoryResponse
			got, err = c.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
				ChannelID: channel, Cursor: cursor, Oldest: oldest, Limit: page, IncludeAllMetadata: true,
			})
			if err == nil {
				messages, more, cursor = got.Messages, got.HasMore, got.ResponseMetaData.NextCursor
			}
		}
		switch code(err) {
		case "missing_scope", "not_in_channel", "channel_not_found", "thread_not_found", "access_denied":
			return found, bot.ErrCannotTell
		}
		if err != nil {
			return found, s.looking(err)
		}
		for _, m := range messages {
			got, _ := m.Metadata.EventPayload[metadataKey].(string)
			if m.Metadata.EventType == metadataType && got == key {
				found = append(found, m.Timestamp)
			}
		}
		if !more || cursor == "" {
			return oldestFirst(found), nil
		}
	}
	return oldestFirst(found), bot.ErrCannotTell
}
