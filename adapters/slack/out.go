package slack

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"ginnel/bot"
	"ginnel/bot/layout"
)

// What stands in the metadata of our messages.
const (
	metadataType = "ginnel_out"
	metadataKey  = "k"
)

// Send says a post: in a channel, a chat, a window or the Home tab.
func (s *Slack) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	c, err := s.let(ctx)
	if err != nil {
		return "", err
	}
	if p.Where.Home {
		return s.publish(ctx, c, p)
	}
	h, _ := s.handles.get(p.To)
	if id, done, err := s.fill(ctx, c, h, p); done || err != nil {
		return id, err
	}
	if p.Where.Only != "" {
		id, said, err := s.whisper(ctx, c, h, p)
		if said || err != nil {
			return id, err
		}
		p.Where = bot.Address{Network: s.network, People: []bot.UserID{p.Where.Only}}
	}
	channel, err := s.channel(ctx, c, p.Where)
	if err != nil {
		return "", err
	}
	return s.post(ctx, c, channel, p)
}

// let is the client, when Slack lets us in.
func (s *Slack) let(ctx context.Context) (*slack.Client, error) {
	if err := over(ctx); err != nil {
		return nil, err
	}
	if !s.running.Load() {
		return nil, bot.SendWait(errConnecting, 0)
	}
	s.mu.Lock()
	refused := s.refused
	s.mu.Unlock()
	if refused != nil && !s.back(ctx) {
		return nil, bot.SendWait(refused, 0)
	}
	c, err := s.client()
	if err != nil {
		return nil, bot.SendWait(err, 0)
	}
	return c, nil
}

// shown is a post as a message shows it.
func (s *Slack) shown(ctx context.Context, c *slack.Client, p bot.Post) rendering {
	w := ways{}
	if p.To != "" {
		w.ask, _ = s.texts.get(p.To)
	}
	for _, b := range p.Reply {
		if b.Picture != nil && len(b.Picture.Data) > 0 {
			w.file = s.upload(ctx, c, b.Picture)
			break
		}
	}
	return render(p.Reply, w)
}

func (s *Slack) options(r rendering, p bot.Post) []slack.MsgOption {
	o := []slack.MsgOption{
		slack.MsgOptionText(r.text, false), slack.MsgOptionBlocks(r.blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if p.Where.Thread != "" && p.Where.InRoom() {
		o = append(o, slack.MsgOptionTS(string(p.Where.Thread)))
	}
	return o
}

func marked(p bot.Post) slack.MsgOption {
	return slack.MsgOptionMetadata(slack.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{metadataKey: opaque(p.Key)}})
}

func (s *Slack) post(ctx context.Context, c *slack.Client, channel string, p bot.Post) (bot.MessageID, error) {
	r := s.shown(ctx, c, p)
	_, ts, err := c.PostMessageContext(ctx, channel, append(s.options(r, p), marked(p))...)
	if code(err) == "invalid_blocks" && r.file {
		// Slack does not take the picture, or not yet. Nothing was said.
		_, ts, err = c.PostMessageContext(ctx, channel, append(s.options(render(p.Reply, ways{}), p), marked(p))...)
	}
	switch {
	case err != nil:
		return "", s.outcome(err)
	case !isStamp(ts):
		return "", errors.New("Slack took a message and did not say which")
	}
	return messageID(channel, ts), nil
}

// whisper says a post so that only one person sees it: in answer to what that person did, or in a channel that the bot is
// in. said is false where neither can be.
func (s *Slack) whisper(ctx context.Context, c *slack.Client, h *handle, p bot.Post) (id bot.MessageID, said bool, err error) {
	r := s.shown(ctx, c, p)
	if hook := h.answerable(s.o.Now()); hook != "" {
		err := s.respond(ctx, hook, r, p, false)
		switch {
		case err == nil:
			return bot.MessageID("whisper/" + opaque(p.Key)), true, nil
		case !errors.Is(err, errHook):
			return "", false, err
		}
	}
	if !p.Where.InRoom() || !isChannel(string(p.Where.Room)) {
		return "", false, nil
	}
	channel, user := string(p.Where.Room), string(p.Where.Only)
	ts, err := c.PostEphemeralContext(ctx, channel, user, s.options(r, p)...)
	switch code(err) {
	case "":
	case "not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived", "restricted_action", "missing_scope":
		return "", false, nil
	}
	if err != nil {
		return "", false, s.outcome(err)
	}
	if !isStamp(ts) {
		return bot.MessageID("whisper/" + opaque(p.Key)), true, nil
	}
	return whisperID(channel, ts, user), true, nil
}

// errHook says that an address for answers is of no use any more.
var errHook = errors.New("the time to answer in place is over")

// respond answers by the address that Slack gave with an interaction.
func (s *Slack) respond(ctx context.Context, hook string, r rendering, p bot.Post, replace bool) error {
	m := &slack.WebhookMessage{
		Text: r.text, Blocks: &slack.Blocks{BlockSet: r.blocks}, ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: replace,
	}
	if !replace {
		m.ThreadTimestamp = string(p.Where.Thread)
	}
	err := slack.PostWebhookCustomHTTPContext(ctx, hook, s.http, m)
	var status slack.StatusCodeError
	if errors.As(err, &status) && status.Code >= 400 && status.Code < 500 && status.Code != 429 {
		return errHook
	}
	return s.outcome(err)
}

// channel is where an address is.
func (s *Slack) channel(ctx context.Context, c *slack.Client, a bot.Address) (string, error) {
	if a.InRoom() {
		if !isChannel(string(a.Room)) {
			return "", bot.SendNever(errors.New("that is no channel of Slack"))
		}
		return string(a.Room), nil
	}
	if len(a.People) != 1 || !isUser(string(a.People[0])) {
		return "", bot.SendNever(errors.New("that is nobody on Slack"))
	}
	user := string(a.People[0])
	if chat, known := s.chats.get(user); known {
		return chat, nil
	}
	got, _, _, err := c.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", s.looking(err)
	}
	if !isChannel(got.ID) {
		return "", bot.SendLater(errors.New("Slack opened a chat and did not say which"), 0)
	}
	s.chats.put(user, got.ID)
	return got.ID, nil
}

// publish shows a person's Home tab.
func (s *Slack) publish(ctx context.Context, c *slack.Client, p bot.Post) (bot.MessageID, error) {
	if len(p.Where.People) != 1 || !isUser(string(p.Where.People[0])) {
		return "", bot.SendNever(errors.New("that is nobody on Slack"))
	}
	user := string(p.Where.People[0])
	_, err := c.PublishViewContext(ctx, slack.PublishViewContextRequest{
		UserID: user, View: slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: home(p.Reply)}},
	})
	if err != nil {
		return "", s.looking(err)
	}
	return homeID(user), nil
}

// fill puts a post into the window that the interaction it answers has open. done tells that it is to be said nowhere else: a form,
// why one was refused, and what is only to be read. What can be chosen from, or is long, is said in the chat, where it can be
// found again; then the window says so.
func (s *Slack) fill(ctx context.Context, c *slack.Client, h *handle, p bot.Post) (id bot.MessageID, done bool, err error) {
	view := h.window(ctx)
	if view == "" {
		return "", false, nil
	}
	reply := p.Reply
	if p.Refused && h.form != nil {
		reply = append(slices.Clone(reply), bot.Block{Form: h.form})
	}
	content, done := window(reply)
	if !done {
		if done = len(reply.Choices()) == 0 && len(p.Rest) == 0 && layout.Fits(reply); done {
			content = told(reply)
		} else {
			content = told(bot.Lines(bot.Text(words["answered"])))
		}
	}
	_, err = c.UpdateViewContext(ctx, content, "", "", view)
	if err != nil {
		// It was closed, most likely; then the post is said as any other.
		err = s.looking(err)
		if send, known := bot.Outcome(err); known && !send.Final && code(err) == "" {
			return "", false, err
		}
		return "", false, nil
	}
	return viewID(view), done, nil
}

// Edit replaces what a message says.
func (s *Slack) Edit(ctx context.Context, id bot.MessageID, p bot.Post) error {
	channel, ts, user, ok := splitID(id)
	if !ok {
		return bot.ErrCannotEdit
	}
	c, err := s.let(ctx)
	if err != nil {
		return err
	}
	r := s.shown(ctx, c, p)
	if user != "" {
		h, _ := s.handles.get(id)
		hook := h.answerable(s.o.Now())
		if hook == "" {
			return bot.ErrCannotEdit
		}
		if err = s.respond(ctx, hook, r, p, true); errors.Is(err, errHook) {
			return bot.ErrCannotEdit
		}
		return err
	}
	_, _, _, err = c.UpdateMessageContext(ctx, channel, ts, slack.MsgOptionText(r.text, false), slack.MsgOptionBlocks(r.blocks...), marked(p))
	err = s.outcome(err)
	if send, known := bot.Outcome(err); known && send.Final {
		return bot.ErrCannotEdit
	}
	return err
}

// Room opens the group conversation of people, which Slack finds again by who is in it.
func (s *Slack) Room(ctx context.Context, _ string, people []bot.UserID, _ string) (bot.RoomID, error) {
	c, err := s.let(ctx)
	if err != nil {
		return "", err
	}
	var users []string
	for _, u := range people {
		if !isUser(string(u)) {
			return "", bot.SendNever(errors.New("somebody is not on Slack"))
		}
		users = append(users, string(u))
	}
	got, _, _, err := c.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: users})
	if code(err) == "missing_scope" {
		return "", bot.SendNever(s.plainly(err))
	}
	if err != nil {
		return "", s.looking(err)
	}
	if !isChannel(got.ID) {
		return "", bot.SendLater(errors.New("Slack opened a conversation and did not say which"), 0)
	}
	return bot.RoomID(got.ID), nil
}

// upload hands a picture to Slack without showing it anywhere. "" when that cannot be: then its words stand alone.
func (s *Slack) upload(ctx context.Context, c *slack.Client, pic *bot.Picture) string {
	if scopes := s.self().scopes; scopes != nil && !scopes["files:write"] {
		return ""
	}
	name, ok := map[string]string{"image/png": "picture.png", "image/jpeg": "picture.jpg", "image/gif": "picture.gif"}[http.DetectContentType(pic.Data)]
	if !ok {
		return ""
	}
	up, err := c.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: name, FileSize: len(pic.Data)})
	if err != nil {
		return ""
	}
	if c.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: up.UploadURL, Reader: bytes.NewReader(pic.Data), Filename: name}) != nil {
		return ""
	}
	_, err = c.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: up.FileID, Title: name}}})
	if err != nil {
		return ""
	}
	return up.FileID
}

// settled is how long a call whose answer got lost may still have its effect.
const settled = 5 * time.Second
