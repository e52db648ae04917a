package introduce

import (
	"context"
	"fmt"

	"ginnel/bot"
	"ginnel/bot/clean"
)

func (v *Introduce) reach(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	how := clean.OneLine(args.Text("how"))
	const longest = 200
	if how == "" || len([]rune(how)) > longest {
		return bot.Answer{}, v.words.Trouble("reach.long", "n", longest)
	}
	err := v.store.UpdateOrganisation(ctx, args.Organisation, func(o bot.Organisation) (bot.Organisation, error) {
		o.Reach = how
		return o, nil
	})
	return bot.Answer{Reply: bot.Lines(v.words.Line("reach.done", "how", how))}, err
}

// howOften keeps how many days lie between suggestions.
func (v *Introduce) howOften(section string, days int) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		var name string
		err := v.store.UpdateOrganisation(ctx, args.Organisation, func(o bot.Organisation) (bot.Organisation, error) {
			o.Suggest, name = days, o.Name
			return o, nil
		})
		return bot.Answer{Reply: bot.Lines(v.words.Line(section+".done", "name", bot.Strong(name)))}, err
	}
}

func (v *Introduce) know(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	return v.tie(ctx, m, args, "tie", "know")
}

func (v *Introduce) work(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	return v.tie(ctx, m, args, "work", "work")
}

// tie records whom an organisation knows. Two that are vouched for vouch for a third, and so does a coordinator.
func (v *Introduce) tie(ctx context.Context, m bot.Message, args bot.Args, section, kind string) (bot.Answer, error) {
	o, reply, err := v.named(ctx, args.Text("name"), func(id string) string { return v.words.Say("introduce."+section, "name", id) })
	if err != nil || reply != nil {
		return bot.Answer{Reply: reply}, err
	}
	if o.ID == args.Organisation {
		return bot.Answer{}, v.words.Trouble("ask.ourselves")
	}
	if args.Organisation != 0 { // else a coordinator vouches
		if err := v.store.PutTie(ctx, args.Organisation, o.ID, kind, steward(args), m.At); err != nil {
			return bot.Answer{}, fmt.Errorf("tie: %w", err)
		}
		if err := v.askWhetherTied(ctx, m, args, o, kind); err != nil {
			return bot.Answer{}, err
		}
	}
	key := "tie.known"
	if kind == "not" {
		key = "unknown.done"
	} else if !o.Vouched && o.Joined {
		n, err := v.vouchers(ctx, o.ID)
		if err != nil {
			return bot.Answer{}, err
		}
		switch {
		case n >= 2 || args.Coordinator:
			if key = "tie.vouched"; n < 2 {
				key = "tie.coordinator"
			}
			err := v.store.UpdateOrganisation(ctx, o.ID, func(o bot.Organisation) (bot.Organisation, error) {
				o.Vouched = true
				return o, nil
			})
			if err != nil {
				return bot.Answer{}, err
			}
		case n == 1:
			key = "tie.half"
		}
	}
	return bot.Answer{Reply: bot.Lines(v.words.Line(key, "name", strong(o)))}, nil
}

// unknown records that an organisation does not know another, whoever says so.
func (v *Introduce) unknown(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	return v.tie(ctx, m, args, "unknown", "not")
}
