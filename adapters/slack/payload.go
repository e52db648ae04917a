package slack

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"ginnel/bot/clean"
)

// These are the parts of Slack's payloads that mean something to us. What else is in them, and what becomes of it, does
// not matter: a new kind of block must not make us deaf.

// event is the payload of an events_api envelope.
type event struct {
	ID     string          `json:"event_id"`
	Team   string          `json:"team_id"`
	App    string          `json:"api_app_id"`
	Shared bool            `json:"is_ext_shared_channel"`
	Event  json.RawMessage `json:"event"`
}

// inner is what happened. Channel and User are objects in some events and ids in others.
type inner struct {
	Type        string          `json:"type"`
	User        json.RawMessage `json:"user"`
	Inviter     string          `json:"inviter"`
	Actor       string          `json:"actor_id"`
	Channel     json.RawMessage `json:"channel"`
	ChannelType string          `json:"channel_type"`
	EventTS     string          `json:"event_ts"`
	DeletedTS   string          `json:"deleted_ts"`
	Tab         string          `json:"tab"`
	Message     *message        `json:"message"`
	Previous    *message        `json:"previous_message"`
	message
}

// message is what all messages have. The user of a message stands in From once it is known that it is no object.
type message struct {
	From     string   `json:"user"`
	Subtype  string   `json:"subtype"`
	Text     string   `json:"text"`
	TS       string   `json:"ts"`
	BotID    string   `json:"bot_id"`
	AppID    string   `json:"app_id"`
	Thread   string   `json:"thread_ts"`
	Parent   string   `json:"parent_user_id"`
	Team     string   `json:"user_team"`
	Metadata metadata `json:"metadata"`
}

// metadata is what we left beside a message of ours.
type metadata struct {
	Type    string         `json:"event_type"`
	Payload map[string]any `json:"event_payload"`
}

func (m metadata) key() string {
	if m.Type != metadataType {
		return ""
	}
	k, _ := m.Payload[metadataKey].(string)
	return k
}

// interaction is a button, a window that was sent, or a shortcut.
type interaction struct {
	Type        string `json:"type"`
	Callback    string `json:"callback_id"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	ActionTS    string `json:"action_ts"`
	User        struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Username string `json:"username"`
		Team     string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"channel"`
	Container struct {
		Type      string `json:"type"`
		ViewID    string `json:"view_id"`
		MessageTS string `json:"message_ts"`
		ChannelID string `json:"channel_id"`
		ThreadTS  string `json:"thread_ts"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Actions []struct {
		ID    string `json:"action_id"`
		Value string `json:"value"`
		TS    string `json:"action_ts"`
	} `json:"actions"`
	Message struct {
		Text string `json:"text"`
		User string `json:"user"`
		TS   string `json:"ts"`
	} `json:"message"`
	View view `json:"view"`
}

// view is a window or a Home tab as it comes back.
type view struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Hash     string          `json:"hash"`
	Callback string          `json:"callback_id"`
	Private  string          `json:"private_metadata"`
	Title    json.RawMessage `json:"title"`  // a label
	Blocks   json.RawMessage `json:"blocks"` // fields, among others
	State    struct {
		Values map[string]map[string]entered `json:"values"`
	} `json:"state"`
}

type entered struct {
	Value    string   `json:"value"`
	Selected option   `json:"selected_option"`
	Many     []option `json:"selected_options"`
}

type option struct {
	Value string `json:"value"`
}

type label struct {
	Text string `json:"text"`
}

// field is a block of a window that asks for something.
type field struct {
	Type     string `json:"type"`
	ID       string `json:"block_id"`
	Label    label  `json:"label"`
	Optional bool   `json:"optional"`
	Element  struct {
		Options []struct {
			option
			Text label `json:"text"`
		} `json:"options"`
		Hint label `json:"placeholder"`
	} `json:"element"`
}

// command is a slash command, which comes as an object over sockets and as a form over HTTP.
type command struct {
	Command     string `json:"command"`
	Text        string `json:"text"`
	UserID      string `json:"user_id"`
	UserName    string `json:"user_name"`
	ChannelID   string `json:"channel_id"`
	ChannelName string `json:"channel_name"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
}

// idOf is an id that stands by itself, or in an object.
func idOf(raw json.RawMessage) string {
	var id string
	if json.Unmarshal(raw, &id) == nil {
		return id
	}
	var o struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(raw, &o)
	return o.ID
}

// at is the time of a timestamp.
func at(ts string, now time.Time) time.Time {
	seconds, fraction, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || s <= 0 {
		return now
	}
	micros, err := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
	if err != nil {
		micros = 0
	}
	if t := time.Unix(s, micros*1000); t.Before(now) {
		return t
	}
	return now
}

// unmarked is what a person typed: Slack escapes it, and puts marks around people, channels and links. Our own name is
// left out; ours tells that it was there.
func unmarked(text, us string) (plain string, ours bool) {
	var b strings.Builder
	for text != "" {
		before, rest, found := strings.Cut(text, "<")
		b.WriteString(unescape.Replace(before))
		if !found {
			break
		}
		mark, after, closed := strings.Cut(rest, ">")
		if !closed {
			b.WriteString("<" + unescape.Replace(rest))
			break
		}
		text = after
		target, label, labelled := strings.Cut(mark, "|")
		target, label = unescape.Replace(target), unescape.Replace(label)
		switch {
		case target == "@"+us && us != "":
			ours = true
			text = strings.TrimLeft(text, ":, ")
		case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
			if labelled && label != "" {
				target = target[:1] + label
			}
			b.WriteString(target)
		case strings.HasPrefix(target, "!"):
			if label == "" {
				label = "@" + strings.TrimPrefix(target, "!")
			}
			b.WriteString(label)
		case labelled && !strings.HasSuffix(target, label):
			b.WriteString(label + " (" + target + ")")
		case labelled:
			b.WriteString(label)
		default:
			b.WriteString(target)
		}
	}
	return strings.TrimSpace(b.String()), ours
}

var unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// filling puts a value into the sentence of the word file that has a blank for it.
func filling(word, what string) string {
	return strings.ReplaceAll(words[word], "{what}", clean.Quote(clean.OneLine(what)))
}
