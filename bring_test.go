package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage/storagetest"
)

// roomless is a network that opens no room for several people, or waits with everything.
type roomless struct {
	*conversation
	waits bool
}

func (r *roomless) Room(ctx context.Context, gather string, people []bot.UserID, title string) (bot.RoomID, error) {
	if r.waits {
		return "", bot.SendWait(errors.New("the network is down"), time.Hour)
	}
	return "", bot.SendNever(errors.New("not_allowed"))
}

func (r *roomless) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	if r.waits {
		return "", bot.SendWait(errors.New("the network is down"), time.Hour)
	}
	return r.conversation.Send(ctx, p)
}

// bothYes has two say yes to each other on r.
func bothYes(t *testing.T, url string, r *roomless) {
	t.Helper()
	r.conversation = newConversation(t, url)
	if err := r.out.Add(r); err != nil {
		t.Fatal(err)
	}
	r.given("organisations:", []string{"name,postcode,offers,needs,speaks", "Repair Café,QX3,a tool library,,Amina", "Tally Trust,QX2,annual accounts,,Tom"})
	for _, said := range [][2]string{
		{"Amina", "reach us by amina@repair.example"},
		{"Tom", "reach us by tom@tally.example"},
		{"Amina", "ask Tally Trust about our accounts"},
	} {
		r.say(said[0], "", true, said[1])
		r.settle()
	}
}

// TestBothHearWhenNoRoomCanBeOpened: an introduction that is made reaches both sides, be it that no room can be had for them.
func TestBothHearWhenNoRoomCanBeOpened(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		r := &roomless{}
		bothYes(t, url, r)
		r.say("Tom", "", true, "yes to Repair Café")
		heard := r.settle()
		for _, want := range []string{"amina@repair.example", "tom@tally.example"} {
			if strings.Count(heard, want) != 1 {
				t.Errorf("%s is told %d times in %q", want, strings.Count(heard, want), heard)
			}
		}
	})
}

// TestTheWayToBeReachedIsToldToNobodyWhoMayNotKnowIt: between the second yes and the telling much may change, and until it
// is told it stands in no stored post.
func TestTheWayToBeReachedIsToldToNobodyWhoMayNotKnowIt(t *testing.T) {
	for name, c := range map[string]struct {
		who, says string
		told      bool
	}{
		"nothing changes":      {told: true},
		"a block":              {who: "Amina", says: "block Tally Trust"},
		"a block by the other": {who: "Tom", says: "block Repair Café"},
		"a change of mind":     {who: "Tom", says: "we changed our mind about Repair Café"},
		"somebody forgotten":   {who: "Amina", says: "forget me for good"},
	} {
		t.Run(name, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, url string) {
				r := &roomless{}
				bothYes(t, url, r)
				r.waits = true
				r.say("Tom", "", true, "yes to Repair Café")
				r.settle()
				if c.who != "" {
					r.say(c.who, "", true, c.says)
					r.settle()
					r.say(c.who, "", true, "yes")
					r.settle()
				}
				for _, file := range []string{url, url + "-wal"} {
					if data, err := os.ReadFile(file); err == nil && strings.Contains(string(data), `reached by`) {
						t.Errorf("%s holds in a post how somebody is reached", file)
					}
				}
				r.waits = false
				heard := r.until(r.now.Add(3 * time.Hour))
				for _, reach := range []string{"amina@repair.example", "tom@tally.example"} {
					if strings.Contains(heard, reach) != c.told {
						t.Errorf("how somebody is reached is told: %t, in %q", !c.told, heard)
					}
				}
			})
		})
	}
}
