package matrix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"net"
	"net/http"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/attachment"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/bot"
)

// Send says a post in its room or private chat, which is opened when there is none.
func (m *Matrix) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	leave, err := m.enter()
	if err != nil {
		return "", err
	}
	defer leave()
	room, err := m.place(ctx, p)
	if err != nil {
		return "", m.outcome(nothingSaid(err))
	}
	content := render(p)
	if err := m.picture(ctx, room, p, content); err != nil {
		return "", m.outcome(nothingSaid(err))
	}
	m.relate(content, p)
	sent, err := m.put(ctx, room, event.EventMessage, marked(content, p.Key), transaction(p.Key))
	if err != nil {
		return "", m.outcome(err)
	}
	m.remember(sent, true)
	if root := content.RelatesTo.GetThreadParent(); root != "" {
		m.mu.Lock()
		m.threads.put(root, true)
		m.mu.Unlock()
	}
	m.seed(room, sent, p)
	return messageID(m.first(room), sent), nil
}

// enter is called before anything is said or looked for, and leave after it: meanwhile nobody signs in.
func (m *Matrix) enter() (leave func(), err error) {
	if m.speaking.TryRLock() {
		if m.connected.Load() {
			return m.speaking.RUnlock, nil
		}
		m.speaking.RUnlock()
	}
	return nil, bot.SendWait(errors.New("Matrix is not connected"), 0)
}

// place is the room in which a post is said.
func (m *Matrix) place(ctx context.Context, p bot.Post) (id.RoomID, error) {
	w := p.Where
	switch {
	case w.Home:
		return "", bot.SendNever(errors.New("there are no home pages on Matrix"))
	case w.Only != "":
		// A room cannot whisper here; what one person only may see is said in the private chat.
		return m.chat(ctx, id.UserID(w.Only), p.To != "")
	case w.Room != "":
		return m.newest(id.RoomID(w.Room)), nil
	case len(w.People) == 1:
		room, err := m.chat(ctx, id.UserID(w.People[0]), p.To != "")
		if errors.Is(err, errLeft) {
			err = bot.SendNever(err)
		}
		return room, err
	}
	return "", bot.SendNever(errors.New("a post to several people names no room"))
}

// marked adds what Find looks for.
func marked(content any, key string) *event.Content {
	return &event.Content{Parsed: content, Raw: map[string]any{markName: transaction(key)}}
}

const markName = "org.ginnel.post"

// relate puts a post in its thread, or has it answer the message that it answers.
func (m *Matrix) relate(content *event.MessageEventContent, p bot.Post) {
	_, to := splitID(p.To)
	switch {
	case p.Where.IsPrivate() || p.Where.Room == "":
		m.mu.Lock()
		root, _ := m.roots.get(to)
		m.mu.Unlock()
		if root != "" {
			content.RelatesTo = (&event.RelatesTo{}).SetThread(id.EventID(root), to)
		}
	case p.Where.Thread != "":
		root := id.EventID(p.Where.Thread)
		if to == "" {
			to = root
		}
		content.RelatesTo = (&event.RelatesTo{}).SetThread(root, to)
	case to != "":
		content.RelatesTo = (&event.RelatesTo{}).SetReplyTo(to)
	}
}

// put sends an event, encrypted where the room is. It is the only way out for words: nothing leaves in plain text unless
// the homeserver says, just before, that the room is not encrypted.
func (m *Matrix) put(ctx context.Context, room id.RoomID, t event.Type, content any, txn string) (id.EventID, error) {
	if err := m.know(ctx, room); err != nil {
		return "", nothingSaid(err)
	}
	if !m.state.IsInRoom(ctx, room, m.user) {
		return "", bot.SendNever(errors.New("the bot is not in that room"))
	}
	secret, err := m.state.IsEncrypted(ctx, room)
	if err != nil {
		return "", nothingSaid(err)
	}
	if !secret {
		var now event.EncryptionEventContent
		err := m.client.StateEvent(ctx, room, event.StateEncryption, "", &now)
		switch {
		case err == nil:
			secret = true
			if err := m.state.SetEncryptionEvent(ctx, room, &now); err != nil {
				return "", nothingSaid(err)
			}
		case !errors.Is(err, mautrix.MNotFound):
			return "", nothingSaid(fmt.Errorf("ask whether a room is encrypted: %w", err))
		}
	}
	if secret {
		crypt := m.crypt.Load()
		if crypt == nil {
			return "", bot.SendNever(errors.New("the room is encrypted, and this program was built without encryption"))
		}
		if content, err = crypt.encrypt(ctx, room, t, content); err != nil {
			return "", nothingSaid(fmt.Errorf("encrypt: %w", err))
		}
		// In the open, as the transaction's name is: another device of ours cannot read what this one encrypted.
		content = &event.Content{Parsed: content, Raw: map[string]any{markName: txn}}
		t = event.EventEncrypted
	}
	sent, err := m.client.SendMessageEvent(ctx, room, t, content, mautrix.ReqSendEvent{TransactionID: txn, DontEncrypt: true})
	if err != nil {
		return "", err
	}
	return sent.EventID, nil
}

// seed puts the numbers of two or three choices under a post, to be pressed. Each costs a message, so they are left away
// once the homeserver asked for slowness.
func (m *Matrix) seed(room id.RoomID, sent id.EventID, p bot.Post) {
	n := len(p.Reply.Choices())
	if n < 2 || n > 3 || !p.Where.IsPrivate() || m.slow() {
		return
	}
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for i := range n {
		content := &event.ReactionEventContent{RelatesTo: event.RelatesTo{Type: event.RelAnnotation, EventID: sent, Key: keycap(i + 1)}}
		txn := fmt.Sprintf("%s-%d", transaction(p.Key), i+1)
		if _, err := m.client.SendMessageEvent(ctx, room, event.EventReaction, content, mautrix.ReqSendEvent{TransactionID: txn, DontEncrypt: true}); err != nil {
			_ = m.outcome(err) // a shortcut that is missing is no harm
			return
		}
	}
}

func keycap(n int) string { return fmt.Sprintf("%d\ufe0f\u20e3", n) }

// picture makes content the post's picture, with its words as the caption.
func (m *Matrix) picture(ctx context.Context, room id.RoomID, p bot.Post, content *event.MessageEventContent) error {
	var pic *bot.Picture
	for _, b := range p.Reply {
		if b.Picture != nil && len(b.Picture.Data) > 0 {
			pic = b.Picture
			break
		}
	}
	if pic == nil {
		return nil
	}
	kind := http.DetectContentType(pic.Data)
	info := &event.FileInfo{MimeType: kind, Size: len(pic.Data)}
	if c, _, err := image.DecodeConfig(bytes.NewReader(pic.Data)); err == nil {
		info.Width, info.Height = c.Width, c.Height
	}
	secret, err := m.state.IsEncrypted(ctx, room)
	if err != nil {
		return err
	}
	data := pic.Data
	var file *attachment.EncryptedFile
	if secret {
		file = attachment.NewEncryptedFile()
		data, kind = bytes.Clone(data), "application/octet-stream"
		file.EncryptInPlace(data)
	}
	up, err := m.client.UploadBytesWithName(ctx, data, kind, pic.Name)
	if err != nil {
		return fmt.Errorf("upload a picture: %w", err)
	}
	content.MsgType, content.FileName, content.Info = event.MsgImage, pic.Name, info
	if secret {
		content.File = &event.EncryptedFileInfo{EncryptedFile: *file, URL: up.ContentURI.CUString()}
	} else {
		content.URL = up.ContentURI.CUString()
	}
	return nil
}

// Edit replaces what a message says.
func (m *Matrix) Edit(ctx context.Context, said bot.MessageID, p bot.Post) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	room, e := splitID(said)
	if !strings.HasPrefix(string(room), "!") || !strings.HasPrefix(string(e), "$") {
		return bot.ErrCannotEdit
	}
	content := render(p)
	content.MsgType = event.MsgNotice
	content.SetEdit(e)
	_, err = m.put(ctx, m.newest(room), event.EventMessage, marked(content, p.Key), transaction(p.Key))
	if err == nil {
		return nil
	}
	err = m.outcome(err)
	if send, known := bot.Outcome(err); known && send.Final {
		return bot.ErrCannotEdit
	}
	return err
}

// Find looks for a post among what the bot said in its room since it was tried.
func (m *Matrix) Find(ctx context.Context, p bot.Post) (bot.MessageID, bool, error) {
	leave, err := m.enter()
	if err != nil {
		return "", false, err
	}
	defer leave()
	var room id.RoomID
	switch w := p.Where; {
	case w.Only != "":
		room = m.directRoom(id.UserID(w.Only))
	case w.Room != "":
		room = m.newest(id.RoomID(w.Room))
	case len(w.People) == 1:
		room = m.directRoom(id.UserID(w.People[0]))
	}
	if room == "" {
		return "", false, nil // where it would have been said there is no room yet
	}
	// A homeserver takes a message before it shows it, usually by some milliseconds.
	const looks, between, settled = 5, 200 * time.Millisecond, 5 * time.Second
	for look := range looks {
		said, found, err := m.search(ctx, room, p)
		if err != nil || found {
			return said, found, err
		}
		if look+1 < looks && !pause(ctx, between) {
			return "", false, bot.SendLater(ctx.Err(), 0)
		}
	}
	if since := m.o.Now().Sub(p.Tried); since < settled {
		return "", false, bot.SendLater(errors.New("it may only not be shown yet"), settled-since)
	}
	return "", false, nil
}

func (m *Matrix) search(ctx context.Context, room id.RoomID, p bot.Post) (bot.MessageID, bool, error) {
	// Clocks differ; and who tried first may have had another.
	const slack = 10 * time.Minute
	since := p.Tried.Add(-slack)
	mark := transaction(p.Key)
	from := ""
	const pages, page = 20, 100
	for range pages {
		got, err := m.client.Messages(ctx, room, from, "", mautrix.DirectionBackward, nil, page)
		if err != nil {
			return "", false, m.outcome(nothingSaid(err))
		}
		for _, evt := range got.Chunk {
			if !p.Tried.IsZero() && time.UnixMilli(evt.Timestamp).Before(since) {
				return "", false, nil
			}
			if evt.Sender == m.user && evt.StateKey == nil && m.marks(ctx, room, evt, mark) {
				m.remember(evt.ID, true)
				return messageID(m.first(room), evt.ID), true, nil
			}
		}
		if len(got.Chunk) == 0 || got.End == "" || got.End == from {
			return "", false, nil
		}
		from = got.End
	}
	return "", false, bot.ErrCannotTell
}

// marks tells whether one of our events is the post with that mark.
func (m *Matrix) marks(ctx context.Context, room id.RoomID, evt *event.Event, mark string) bool {
	if got, _ := evt.Content.Raw[markName].(string); got == mark || evt.Unsigned.TransactionID == mark {
		return true
	}
	parse(evt, room, event.MessageEventType)
	if evt.Type == event.EventEncrypted {
		crypt := m.crypt.Load()
		if crypt == nil {
			return false
		}
		plain, err := crypt.decrypt(ctx, evt)
		if err != nil {
			return false
		}
		evt = plain
	}
	got, _ := evt.Content.Raw[markName].(string)
	return got == mark
}

func (m *Matrix) remember(e id.EventID, ours bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ours.put(e, ours)
}

// silent wraps an error of what comes before the sending: nothing was said.
type silent struct{ error }

func (s silent) Unwrap() error { return s.error }

func nothingSaid(err error) error { return silent{err} }

// outcome sorts an error as outcome does, and keeps in mind that the homeserver asks for slowness.
func (m *Matrix) outcome(err error) error {
	if errors.Is(err, mautrix.MLimitExceeded) {
		m.slowUntil.Store(m.o.Now().Add(slowFor).UnixMilli())
	}
	return outcome(err)
}

// outcome sorts an error of the homeserver into what the outbox knows: wait, never, later, or unknown.
func outcome(err error) error {
	var sorted *bot.SendError
	if errors.As(err, &sorted) {
		return sorted
	}
	var before silent
	unsaid := errors.As(err, &before)
	var h mautrix.HTTPError
	isHTTP := errors.As(err, &h) && h.Response != nil
	code := 0
	if isHTTP {
		code = h.Response.StatusCode
	}
	switch {
	case errors.Is(err, mautrix.MLimitExceeded), code == http.StatusTooManyRequests:
		return bot.SendWait(err, retryAfter(h))
	case errors.Is(err, mautrix.MUnknownToken), errors.Is(err, mautrix.MMissingToken), code == http.StatusUnauthorized:
		return bot.SendWait(err, time.Minute)
	case code == http.StatusRequestTimeout && !unsaid:
		return err
	case code >= 400 && code < 500:
		return bot.SendNever(err)
	case refused(err), unsaid && !isHTTP:
		return bot.SendWait(err, 0)
	case unsaid:
		return bot.SendLater(err, 0)
	}
	return err
}

// refused tells whether nothing at all reached the homeserver.
func refused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// retryAfter is how long the homeserver asks us to wait. Some say it in a header, some in the body.
func retryAfter(h mautrix.HTTPError) time.Duration {
	if h.RespError != nil {
		if ms, ok := h.RespError.ExtraData["retry_after_ms"].(float64); ok && ms > 0 {
			return time.Duration(ms) * time.Millisecond
		}
	}
	if h.Response != nil {
		if d, err := time.ParseDuration(h.Response.Header.Get("Retry-After") + "s"); err == nil && d > 0 {
			return d
		}
	}
	return 0
}
