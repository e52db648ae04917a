package talk

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/danger"
	"ginnel/bot/language/intent"
)

// Of what is said of people in danger only this is stored: how sure that is, and the kind, in Message.For.
const (
	inDanger = "danger/"
	inDoubt  = "doubt/"
)

// calm is how long somebody who said that nobody is in danger is believed, so that the same may be said once more.
const calm = 10 * time.Minute

// wantsPerson marks what may only be a wish to talk to somebody.
const wantsPerson = " person"

// keptLine is under which name the help line of the network is kept.
const keptLine = "safeguarding line"

// Prepare is what is stored of a message: of what is said of people in danger not a word. It is called before anything is
// written down, and reads storage only in doubt.
func (b *Bot) Prepare(ctx context.Context, m bot.Message) (bot.Message, error) {
	if m.Kind != bot.Said && m.Kind != bot.Edited || m.Pressed {
		return m, nil
	}
	if name, values, ok := b.book.Match(m.Text, b.today(m)); ok && (wordless(values) || b.named[name].Confided) {
		return m, nil // a command, word for word, tells of nobody, and some go to one person in confidence
	}
	v := danger.Read(m.Text)
	switch v.Level {
	case danger.None:
		return m, nil
	case danger.Doubt:
		if !m.ToUs {
			return m, nil // it was overheard: whether it is an ask is weighed strictly enough
		}
		believed, err := b.believed(ctx, m)
		if err != nil || believed {
			return m, err
		}
		m.For = inDoubt + string(v.Kind)
		if top := b.reader.Read(m.Text, intent.Situation{})[0]; top.Intent == "human" && top.P >= intent.Likely {
			m.For += wantsPerson
		}
	case danger.Danger:
		m.For = inDanger + string(v.Kind)
	}
	m.Text = ""
	return m, nil
}

// wordless tells whether values hold no words of a person's own.
func wordless(values map[string]bot.Value) bool {
	for _, v := range values {
		if v.Date.IsZero() && v.Options == nil && v.Number == 0 && v.Place == "" {
			return false
		}
	}
	return true
}

// careful answers what was said of people in danger: in private, whom to ring, or whether that was meant. Nobody is looked
// for. Of an ask that was changed into such words nothing is left to answer.
func (b *Bot) careful(ctx context.Context, m bot.Message) (a bot.Answer, ok bool, err error) {
	kind, danger := strings.CutPrefix(m.For, inDanger)
	if !danger {
		if kind, ok = strings.CutPrefix(m.For, inDoubt); !ok {
			return bot.Answer{}, false, nil
		}
	}
	kind, person := strings.CutSuffix(kind, wantsPerson)
	reply, err := b.whomToRing(ctx, kind, true)
	if err != nil {
		return bot.Answer{}, false, err
	}
	if !danger {
		reply = bot.Lines(append(b.ringNow(), b.words.Line("danger.doubt"))...).Choose(b.words.Choice("danger.yes", "talk.indanger"), b.words.Choice("danger.no", "talk.nodanger"))
	}
	if person {
		reply = append(bot.Lines(b.words.Line("chat.human", "run", b.settings.Run)), reply...)
	}
	if m.Where.IsPrivate() {
		return bot.Answer{Reply: reply}, true, nil
	}
	return bot.Answer{
		Reply: bot.Lines(b.words.Line("problem.private")),
		Posts: []bot.Post{{Key: "reply/" + m.Key() + "/private", Where: bot.Private(m.From), Reply: reply, Urgency: bot.AtOnce}},
	}, true, nil
}

// ringNow is the emergency number in one line, and nothing in a country of which none is known.
func (b *Bot) ringNow() []bot.Line {
	if all := danger.Lines(b.country(), ""); len(all) > 0 {
		return []bot.Line{b.words.Line("danger.now", "number", bot.Strong(all[0].Number))}
	}
	return nil
}

func (b *Bot) country() string { return cmp.Or(b.settings.Country, "gb") }

// whomToRing are the lines for a kind of danger: the emergency number, what the coordinator set, and the nation's. With unkept
// it is said too that nothing was kept.
func (b *Bot) whomToRing(ctx context.Context, kind string, unkept bool) (bot.Reply, error) {
	own, err := b.settings.Keep.Get(ctx, keptLine)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	var list []bot.Line
	for i, l := range danger.Lines(b.country(), danger.Kind(kind)) {
		if i == 1 && own != "" {
			list = append(list, bot.Text(own))
		}
		if l.Number == "" {
			list = append(list, b.words.Line("danger.place", "name", bot.Strong(l.Name), "when", l.When))
		} else {
			list = append(list, b.words.Line("danger.line", "name", bot.Strong(l.Name), "number", bot.Strong(l.Number), "when", l.When))
		}
	}
	if len(list) < 2 && own != "" {
		list = append(list, bot.Text(own))
	}
	reply := bot.Lines(b.words.Line("danger.first")).With(list)
	if unkept {
		reply = append(reply, bot.Lines(b.words.Line("danger.notforus"))...)
	}
	return reply, nil
}

func (b *Bot) inDanger(ctx context.Context, _ bot.Message, _ bot.Args) (bot.Answer, error) {
	reply, err := b.whomToRing(ctx, "", true)
	return bot.Answer{Reply: reply}, err
}

// noDanger believes somebody for a while that nobody is in danger.
func (b *Bot) noDanger(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	if err := b.settings.Keep.Put(ctx, "calm "+once(m.From), m.At.Add(calm).UTC().Format(time.RFC3339)); err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(b.words.Line("danger.again"))}, nil
}

func (b *Bot) believed(ctx context.Context, m bot.Message) (bool, error) {
	text, err := b.settings.Keep.Get(ctx, "calm "+once(m.From))
	if err != nil || text == "" {
		return false, err
	}
	until, err := time.Parse(time.RFC3339, text)
	if err != nil || m.At.After(until) {
		return false, b.settings.Keep.Delete(ctx, "calm "+once(m.From))
	}
	return true, nil
}

// setLine sets whom the network itself has for people in danger.
func (b *Bot) setLine(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	const longest = 300
	line := clean.OneLine(args.Text("line"))
	if len(line) > longest {
		return bot.Answer{}, b.words.Trouble("line.long", "n", longest)
	}
	if err := b.settings.Keep.Put(ctx, keptLine, line); err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(b.words.Line("line.done", "line", line)).Choose(b.words.Choice("line.undo", "talk.noline"))}, nil
}

func (b *Bot) noLine(ctx context.Context, _ bot.Message, _ bot.Args) (bot.Answer, error) {
	if err := b.settings.Keep.Delete(ctx, keptLine); err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(b.words.Line("noline.done"))}, nil
}
