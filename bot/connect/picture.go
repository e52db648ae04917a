package connect

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/drawing"
)

// PictureDrawer names what draws the picture of connections: it is made when it is sent, so that whoever chose meanwhile to be
// left out is, and no stored post holds it.
const PictureDrawer = "connect.picture"

const (
	// More groups with ties than these nobody can tell apart in one picture.
	mostDrawn = 300
	// Under which name it is kept where organisations stood in the last picture.
	keptPlaces = "connections places"
)

// picture promises the picture, and notes where everybody stands in it.
func (v *Connect) picture(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	n, err := v.network(ctx, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	switch tied := n.tied(); {
	case tied == 0:
		return bot.Answer{Reply: bot.Lines(v.words.Line("report.none"))}, nil
	case tied > mostDrawn:
		return bot.Answer{Reply: bot.Lines(v.words.Line("picture.many", "n", tied)).Choose(v.words.Choice("report.ours", "connect.ours"))}, nil
	}
	before, err := v.places(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	if places := v.drawing(n, before).Places(); places.Of != before.Of {
		data, err := json.Marshal(places)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("places: %w", err)
		}
		if err := v.keep.Put(ctx, keptPlaces, string(data)); err != nil {
			return bot.Answer{}, fmt.Errorf("places: %w", err)
		}
	}
	return bot.Answer{Posts: []bot.Post{{Key: "picture/" + m.Key(), Where: m.Where, To: m.ID, Draw: PictureDrawer, Urgency: bot.AtOnce}}}, nil
}

// Draw makes the picture, with its sentences as the text that says the same; see bot.Drawer.
func (v *Connect) Draw(ctx context.Context, _ bot.Post, now time.Time) (words bot.Reply, say bool, err error) {
	n, err := v.network(ctx, now)
	if err != nil {
		return nil, false, err
	}
	if tied := n.tied(); tied == 0 || tied > mostDrawn {
		return v.sentences(n), true, nil
	}
	places, err := v.places(ctx)
	if err != nil {
		return nil, false, err
	}
	png, err := v.drawing(n, places).PNG()
	if err != nil {
		return nil, false, fmt.Errorf("picture: %w", err)
	}
	var says []string
	for _, block := range v.sentences(n) {
		says = append(says, block.Line.String())
	}
	return bot.Reply{{Picture: &bot.Picture{Text: strings.Join(says, " "), Name: v.words.Plain("picture.file"), Data: png}}}, true, nil
}

// places are where organisations stood in the last picture. What cannot be read any more is begun anew.
func (v *Connect) places(ctx context.Context) (places drawing.Places, err error) {
	kept, err := v.keep.Get(ctx, keptPlaces)
	if err != nil {
		return places, fmt.Errorf("places: %w", err)
	}
	if json.Unmarshal([]byte(kept), &places) != nil {
		return drawing.Places{}, nil
	}
	return places, nil
}

func (v *Connect) drawing(n network, before drawing.Places) *drawing.Drawing {
	nodes := make([]drawing.Node, len(n.groups))
	for i, o := range n.groups {
		nodes[i].Key = uint64(o.ID)
		if n.named[i] {
			nodes[i].Name = o.Name
		}
	}
	words := drawing.Words{Title: v.words.Plain("picture.title"), Alone: v.words.Plain("picture.alone")}
	for _, kind := range telling {
		words.Kinds = append(words.Kinds, v.words.Plain("picture."+string(kind)))
	}
	return drawing.New(n.now, nodes, n.now.Communities(seed), before, func(a, b int) drawing.Kind {
		t, _ := n.tie(a, b)
		return drawing.Kind(slices.Index(telling, t.Kind))
	}, words)
}

// tied counts the organisations with a tie.
func (n network) tied() int {
	tied := 0
	for a := range n.groups {
		if len(n.now.Near(a)) > 0 {
			tied++
		}
	}
	return tied
}
