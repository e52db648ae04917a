//go:build !goolm

package matrix

import (
	"context"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/bot"
)

const encrypts = false

// encryption is what the program lacks without the tag goolm. None is ever made.
type encryption struct{}

func (*encryption) process(context.Context, *mautrix.RespSync, string) {}
func (*encryption) changed(context.Context, *event.Event)              {}
func (*encryption) ask(context.Context, *event.Event)                  {}
func (*encryption) repeated(error) bool                                { return false }
func (*encryption) mayCome(error) bool                                 { return false }

func (*encryption) encrypt(context.Context, id.RoomID, event.Type, any) (any, error) {
	return nil, errPlain
}

func (*encryption) decrypt(context.Context, *event.Event) (*event.Event, error) {
	return nil, errPlain
}

func (m *Matrix) openEncryption(context.Context) error {
	m.o.Log.Warn("Matrix: this program was built without encryption; build it with -tags goolm")
	return nil
}

func (m *Matrix) checkKeys(context.Context) bot.Finding {
	return wrong("this program was built without encryption, so it says nothing where rooms are encrypted", "Use a release, or build it with make build.")
}

func (m *Matrix) checkIdentity(context.Context, string) bot.Finding {
	return bot.Finding{Says: "not tried: this program was built without encryption"}
}
