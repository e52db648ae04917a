package slackfake

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

var sources = regexp.MustCompile(`(?:src|href|url|action)\s*[=(]\s*["']?([^"' )>]*)`)

// TestViewer is that the page shows what was said, and that nothing said can become part of the page or make it ask for
// something.
func TestViewer(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		const evil = `<script>alert(1)</script> "><img src=x onerror=alert(1)> &lt;u&gt;`
		amina := w.Person("Amina " + evil)
		in := w.Channel("help", amina, w.App().Bot())
		amina.Says(in, evil+" https://example.org/x")
		amina.Uploads(in, evil+".png", evil)
		elements := []any{
			object{"type": "button", "text": object{"type": "plain_text", "text": evil[:60]}, "style": "primary"},
			object{"type": "static_select", "placeholder": object{"type": "plain_text", "text": evil}, "options": options(1)},
		}
		blocks := string(encoded([]any{
			object{"type": "header", "text": object{"type": "plain_text", "text": evil}},
			object{"type": "section", "text": object{"type": "mrkdwn", "text": evil + " *bold* <https://example.org/|" + `"x` + ">"}},
			object{"type": "image", "alt_text": evil, "image_url": "https://example.org/a.png"},
			object{"type": "actions", "elements": elements},
			object{"type": "rich_text", "elements": []any{object{"type": "rich_text_section", "elements": []any{
				object{"type": "text", "text": evil}, object{"type": "link", "url": "https://example.org", "text": evil},
			}}}},
		}))
		got := raw(t, w, "chat.postMessage", jsonBody, w.App().BotToken, `{"channel":"`+in.ID+`","text":"x","blocks":`+blocks+`}`)
		if got["ok"] != true {
			t.Fatal(got)
		}
		if _, err := c.PublishView(amina.ID, slack.HomeTabViewRequest{
			Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewHeaderBlock(plainText("What we offer"))}},
		}, ""); err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		w.Viewer().ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		page := rec.Body.String()
		for _, want := range []string{"<b>bold</b>", "What we offer", "&lt;script&gt;", "#help", `class="button primary"`} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		for _, bad := range []string{"<script", "<img src=x", "<u>"} {
			if strings.Contains(page, bad) {
				t.Errorf("the page has %s", bad)
			}
		}
		words := regexp.MustCompile(`alt="[^"]*"`)
		for _, s := range regexp.MustCompile(`<[^>]*>`).FindAllString(page, -1) {
			for _, m := range sources.FindAllStringSubmatch(words.ReplaceAllString(s, ""), -1) {
				if !strings.HasPrefix(m[1], "data:") {
					t.Errorf("the page asks for something: %s", s)
				}
			}
		}
		if page := w.Draw("One message", []slack.Block{slack.NewHeaderBlock(plainText("Ten offers"))}); !strings.Contains(page, "<h2>Ten offers</h2>") {
			t.Errorf("one message is drawn as %s", page)
		}
		rec = httptest.NewRecorder()
		w.Viewer().ServeHTTP(rec, httptest.NewRequest("POST", "/", nil))
		if rec.Code != 405 {
			t.Errorf("the page takes a POST: %d", rec.Code)
		}
	})
}
