package homeserver_test

import (
	"net/http"
	"testing"

	"ginnel/adapters/matrix/homeserver"
)

// TestServer: it answers, makes people, and is there again after a kill, with its people.
func TestServer(t *testing.T) {
	s := homeserver.For(t)
	user, err := s.RegisterAs(t.Context(), "amina")
	if err != nil || user != "@amina:localtest" {
		t.Fatalf("registered %s, %v", user, err)
	}
	s.Kill()
	if _, err := http.Get(s.URL); err == nil {
		t.Error("it answers after it was killed")
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RegisterAs(t.Context(), "amina"); err == nil {
		t.Error("it forgot a person")
	}
}
