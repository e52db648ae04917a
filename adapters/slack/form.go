package slack

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/layout"
)

// The id under which a window is known to be one of ours, and the beginning of the ids of its fields.
const (
	formCallback = "ginnel-form"
	fieldID      = "field-"
	fieldAction  = "value"
)

// maxKept is how much a window carries for us.
const maxKept = 3000

// kept is what a window carries so that it can be read when it comes back, whatever became of the process in between.
type kept struct {
	Say  []string `json:"s"`
	Many []string `json:"m,omitempty"` // the fields with several values
}

// waiting is the window that opens while an answer is made.
func waiting() slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(words["wait"], layout.MaxTitle), Close: plain(words["close"], layout.MaxTitle),
		Blocks: slack.Blocks{BlockSet: []slack.Block{rich(section(bot.Text(words["wait"])))}},
	}
}

// window makes a reply with a form the content of a window. It is false for one without, or with one that no window holds.
func window(r bot.Reply) (v slack.ModalViewRequest, ok bool) {
	var rest bot.Reply
	var form *bot.Form
	for _, b := range r {
		if b.Form != nil && form == nil {
			form = b.Form
			continue
		}
		rest = append(rest, b)
	}
	if form == nil {
		return v, false
	}
	head, _ := layout.Fit(rest)
	b := &builder{}
	for _, block := range head {
		b.add(block)
	}
	const fields = 40 // leaves room for the rest
	keep := kept{Say: form.Say}
	for _, f := range form.Fields[:min(len(form.Fields), fields)] {
		if f.Many {
			keep.Many = append(keep.Many, f.Name)
		}
		b.blocks = append(b.blocks, input(f))
	}
	data, err := json.Marshal(keep)
	if err != nil || utf8.RuneCount(data) > maxKept {
		return v, false
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(form.Title, layout.MaxTitle), CallbackID: formCallback, PrivateMetadata: string(data),
		Submit: plain(words["send"], layout.MaxTitle), Close: plain(words["cancel"], layout.MaxTitle),
		Blocks: slack.Blocks{BlockSet: b.end(maxViewBlocks)},
	}, true
}

// told is a window that says something and asks nothing.
func told(r bot.Reply) slack.ModalViewRequest {
	v := waiting()
	m := render(r, ways{})
	v.Title = plain("Ginnel", layout.MaxTitle)
	v.Blocks.BlockSet = m.blocks
	return v
}

// input is one field of a form.
func input(f bot.Field) slack.Block {
	var hint *slack.TextBlockObject
	if strings.TrimSpace(f.Hint) != "" {
		hint = plain(f.Hint, layout.MaxOption)
	}
	in := slack.NewInputBlock(fieldID+f.Name, plain(f.Label, layout.MaxLabel), nil, entry(f, hint))
	in.Optional = !f.Needed
	return in
}

func entry(f bot.Field, hint *slack.TextBlockObject) slack.BlockElement {
	options, picked := options(f)
	switch {
	case len(options) > 0 && f.Many:
		e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, hint, fieldAction, options...)
		e.InitialOptions = picked
		return e
	case len(options) > 0:
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, hint, fieldAction, options...)
		if len(picked) > 0 {
			e.InitialOption = picked[0]
		}
		return e
	}
	e := slack.NewPlainTextInputBlockElement(hint, fieldAction)
	e.Multiline, e.MaxLength = f.Many, maxInput
	var lines []string
	for _, v := range f.Value {
		lines = append(lines, clean.OneLine(v))
	}
	e.InitialValue = clean.Shorten(strings.Join(lines, "\n"), maxInput)
	return e
}

// options are those of a field, and those of them that it is filled in with.
func options(f bot.Field) (all, picked []*slack.OptionBlockObject) {
	known := map[string]bool{}
	for _, o := range f.Options {
		say := strings.TrimSpace(o.Say)
		if say == "" || known[say] || utf8.RuneCountInString(say) > layout.MaxOption || len(all) == maxOptions {
			continue
		}
		known[say] = true
		option := slack.NewOptionBlockObject(say, plain(o.Label, layout.MaxLabel), nil)
		all = append(all, option)
		if slices.Contains(f.Value, o.Say) {
			picked = append(picked, option)
		}
	}
	return all, picked
}

// filled is what a window came back with: the sentences that it says, and the values of its fields.
func filled(v view) (text string, values map[string][]string, ok bool) {
	var k kept
	if v.Callback != formCallback || json.Unmarshal([]byte(v.Private), &k) != nil {
		return "", nil, false
	}
	form := bot.Form{Say: k.Say}
	values = map[string][]string{}
	for block, actions := range v.State.Values {
		name, ours := strings.CutPrefix(block, fieldID)
		if !ours {
			continue
		}
		many := slices.Contains(k.Many, name)
		form.Fields = append(form.Fields, bot.Field{Name: name, Many: many})
		for _, e := range actions {
			for _, o := range e.Many {
				values[name] = append(values[name], o.Value)
			}
			switch {
			case e.Selected.Value != "":
				values[name] = []string{e.Selected.Value}
			case e.Value != "" && many:
				values[name] = strings.FieldsFunc(e.Value, func(r rune) bool { return r == '\n' })
			case e.Value != "":
				values[name] = []string{e.Value}
			}
		}
	}
	return layout.Fill(form, values), values, true
}

// again is the form that a window showed, filled in as it came back; nil when the window does not say what it showed.
func again(v view, values map[string][]string) *bot.Form {
	var k kept
	var title label
	var blocks []field
	if json.Unmarshal([]byte(v.Private), &k) != nil || json.Unmarshal(v.Title, &title) != nil || json.Unmarshal(v.Blocks, &blocks) != nil {
		return nil
	}
	form := &bot.Form{Title: title.Text, Say: k.Say}
	for _, b := range blocks {
		name, ours := strings.CutPrefix(b.ID, fieldID)
		if !ours || b.Type != "input" {
			continue
		}
		f := bot.Field{
			Name: name, Label: b.Label.Text, Hint: b.Element.Hint.Text, Needed: !b.Optional, Many: slices.Contains(k.Many, name), Value: values[name],
		}
		for _, o := range b.Element.Options {
			f.Options = append(f.Options, bot.Choice{Label: o.Text.Text, Say: o.Value})
		}
		form.Fields = append(form.Fields, f)
	}
	return form
}
